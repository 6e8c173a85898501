export { createMailbox } from './mailbox.ts';
export { channelMigrations } from './tables.ts';
