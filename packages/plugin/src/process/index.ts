export { runProgram } from './program.ts';
export type { ProgramRequest, ProgramResult } from './program.ts';
export { programText } from './program-text.ts';
export type { ProgramTextOptions } from './program-text.ts';
