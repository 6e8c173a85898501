export { memoryDerived } from './derived.ts';
export { createMemory } from './memory.ts';
export { memoryMigrations, memorySealed } from './tables.ts';
