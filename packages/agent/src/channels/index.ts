export { createNotices } from './notices.ts';
export type { Notices } from './notices.ts';
export { createMailbox } from './mailbox.ts';
export { channelMigrations } from './tables.ts';
