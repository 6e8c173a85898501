export type {
  AgentService,
  ContextSection,
  ConversationSummary,
  Explanation,
  Integrity,
} from './service.ts';
export type { ModelSummary, PluginSummary, Queries, QueryName, SendRequest } from './service.ts';
export type { TurnAction, TurnSummary } from './service.ts';
export type { ModelAnswer, ModelDelta, ModelEngine, ModelRequest, OfferedTool } from './engine.ts';
export type { CallOptions, InstalledIntent, InstalledTool, Permit, PluginHost } from './host.ts';
export type {
  Dialogue,
  FinishedTurn,
  KeepTimers,
  Mailbox,
  PrepareRequest,
  TurnMachine,
  Understand,
} from './driver.ts';
export { columnTypes } from './database.ts';
export type {
  ColumnValue,
  Database,
  Dialect,
  Migration,
  NoTables,
  ParameterSlot,
  Statement,
  StatementSource,
  WriteOptions,
  WriteResult,
} from './database.ts';
export { installationId, proofColumn } from './sealing.ts';
export type { PersonSeal, ProvenTable, RowProofs, SealedPlace, Sealing } from './sealing.ts';
