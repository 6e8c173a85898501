export type { RunningDaemon } from './gateway/index.ts';
export {
  backupName,
  derivePassphraseKey,
  keyName as backupKeyName,
  listBackups,
  readKeyFile,
  verifyBackup,
} from './backup/index.ts';
export type { HeldBack, ListedBackup, PassphraseKey, Restored } from './backup/index.ts';
export { finishRestore, repairDatabase, restoreBackup } from './maintenance.ts';
export { openAgent, serve } from './server.ts';
export type { AgentOptions } from './server.ts';
export type { ClusterOptions } from './driver/index.ts';
export { version } from './version.ts';
