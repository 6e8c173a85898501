export { createGate } from './gate.ts';
export type { Gate, GateAnswer } from './gate.ts';
export { grantsOf } from './grants.ts';
export { originsOf } from './origins.ts';
export { decide } from './policy.ts';
