export { openAccess } from './server-access.ts';
export type { ServerAccess } from './server-access.ts';
export type { GrantStore, SealedValues } from './grant.ts';
export { logInToServer } from './login.ts';
export type { RegisteredClient, ServerLogin, ServerLoginOptions } from './login.ts';
