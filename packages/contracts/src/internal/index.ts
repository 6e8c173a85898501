export type { BackupSummary } from './service.ts';
export type {
  AgentService,
  ContextSection,
  ConversationSummary,
  Explanation,
  Integrity,
} from './service.ts';
export type {
  ModelSummary,
  Notice,
  ParkedMessage,
  Pending,
  PendingReply,
  PluginSummary,
  Queries,
  QueryName,
  SendRequest,
} from './service.ts';
export type { TurnAction, TurnSummary, UnknownOutcome } from './service.ts';
export type { ModelAnswer, ModelDelta, ModelEngine, ModelRequest, OfferedTool } from './engine.ts';
export type { CallOptions, InstalledIntent, InstalledTool, Permit, PluginHost } from './host.ts';
export type {
  Dialogue,
  FinishedTurn,
  KeepTimers,
  Mailbox,
  KnownMessage,
  OpenMessage,
  PrepareRequest,
  TurnMachine,
  Understand,
} from './driver.ts';
export type {
  BegunTurn,
  CallTerms,
  CarriedInput,
  ClusterEngine,
  ClusterEngineOptions,
  ClusterRole,
  ClusterStepOf,
  ClusterSteps,
  ConversationKey,
  DecidedCalls,
  OpenClusterEngine,
  TurnSteps,
  Unrecorded,
} from './cluster.ts';
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
export type { DerivedTable, PersonSeal, ProvenTable, RowProofs } from './sealing.ts';
export type { SealedPlace, Sealing } from './sealing.ts';
export type {
  CallCount,
  CanaryRelease,
  InstallPlan,
  InstalledSummary,
  LockedPlugin,
  PartReport,
  PastRelease,
  PluginChange,
  PluginConsent,
  PluginOrigin,
  PluginRelease,
  PluginSecret,
  PluginSource,
  SourceReference,
  VerifiedPlugin,
} from './plugins.ts';
