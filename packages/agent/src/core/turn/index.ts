export { advance, approvalMsMax, isFinal, pendingCommands, replay } from './turn.ts';
export type { Step } from './turn.ts';
export { callsPerStepMax, repeatsMax, textOf } from './calls.ts';
export { addUsage, noUsage } from './usage.ts';
