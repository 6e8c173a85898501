export { createChannels } from './channels.ts';
export type { RegisteredChannel } from './channels.ts';
export { createNotices } from './notices.ts';
export type { Notices } from './notices.ts';
export { createMailbox } from './mailbox.ts';
export { mendStates } from './mended.ts';
export { holdRestored } from './restored.ts';
export { channelMigrations, inboxProven, outboxProven } from './tables.ts';
export { webhookChannels } from './webhook.ts';
