export { createEgressProxy, egressLimits } from './proxy.ts';
export type { EgressEvent, EgressProxy, EgressProxyOptions } from './proxy.ts';
export { systemNetwork } from './connect.ts';
export type { Network } from './connect.ts';
export type { EgressLimits } from './limits.ts';
export { parseRules } from './rules.ts';
export type { HostRule } from './rules.ts';
export type { ReadSecret, SecretDeclaration } from './secrets.ts';
