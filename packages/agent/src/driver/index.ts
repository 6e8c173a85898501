export { createDriver } from './driver.ts';
export type { Driver } from './driver.ts';
export { explain } from './explain.ts';
export { createJournal } from './journal.ts';
export type { Journal } from './journal.ts';
export { messageBytesMax } from './message.ts';
export { shellTool } from './turn-tools.ts';
export type { DriverPorts } from './ports.ts';
export { driverMigrations } from './tables.ts';
