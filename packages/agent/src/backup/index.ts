export { keyName } from './contents.ts';
export { derivePassphraseKey } from './passphrase.ts';
export type { PassphraseKey } from './passphrase.ts';
export { createRestore, verifyBackup } from './restore.ts';
export type { HeldBack, Restored } from './restore.ts';
export { backupName, listBackups } from './schedule.ts';
export { createBackups, readKeyFile } from './service.ts';
export type { BackupParts, Backups } from './service.ts';
export type { ListedBackup } from './schedule.ts';
