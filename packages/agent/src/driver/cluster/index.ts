export { openDriver } from './open-cluster.ts';
export type { ClusterOptions } from './open-cluster.ts';
