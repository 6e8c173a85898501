export { createGateway, drainMsMax } from './gateway.ts';
export type { Gateway, GatewayOptions } from './gateway.ts';
