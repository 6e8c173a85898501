export { createMemory } from './memory.ts';
export { memoryMigrations, memorySealed } from './tables.ts';
