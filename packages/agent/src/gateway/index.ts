export { readApiKey } from './api-key.ts';
export { createGateway, drainMsMax } from './gateway.ts';
export type { Gateway, GatewayOptions } from './gateway.ts';
