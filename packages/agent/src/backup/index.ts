export { createBackup } from './create.ts';
export type { BackupProgress, BackupSource, MadeBackup } from './create.ts';
export { keyName } from './contents.ts';
export { derivePassphraseKey } from './passphrase.ts';
export type { PassphraseKey } from './passphrase.ts';
export { restoreBackup, verifyBackup } from './restore.ts';
export type { HeldBack, Restored, RestoreOptions } from './restore.ts';
export { backupName, listBackups, startSchedule } from './schedule.ts';
export type { BackupSchedule, ListedBackup } from './schedule.ts';
