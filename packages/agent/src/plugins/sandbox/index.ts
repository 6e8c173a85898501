export { chooseSandbox } from './sandbox.ts';
export type { SandboxNeed } from './sandbox.ts';
export type { EnclosureRequest, Sandbox, SandboxSettings } from './enclosure.ts';
export type { HeldLimit } from './limits.ts';
export { machineProbe } from './machine.ts';
export type { MachineFacts } from './machine.ts';
export type { SandboxLimits, SandboxNetwork, SandboxRights, SandboxScratch } from './rights.ts';
