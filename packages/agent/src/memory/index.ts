export { createMemory } from './memory.ts';
export { memoryMigrations } from './tables.ts';
