// Owns what the driver is given: the pure core, the tools behind their gate, the model engine, the
// log and the time. Refuses to know which implementations stand behind them.

import type {
  Clock,
  Grant,
  IdentifierSource,
  JsonObject,
  JsonSchema,
  Origin,
  PolicyDecision,
  PolicyRequest,
  ToolCall,
  TurnBudget,
} from '@opencomputer/contracts';
import type {
  Database,
  Dialogue,
  KeepTimers,
  Mailbox,
  ModelEngine,
  Permit,
  PluginHost,
  PrepareRequest,
  Statement,
  TurnMachine,
  Understand,
} from '@opencomputer/contracts/internal';
import type { Journal } from './journal.ts';

/** The pure parts of the agent. `View` is the dialogue's own. */
export interface CorePorts<View> {
  readonly machine: TurnMachine;
  readonly dialogue: Dialogue<View>;
  readonly understand: Understand;
  readonly prepare: PrepareRequest<View>;
}

/** Tools, and the only door to them. */
export interface ToolPorts {
  readonly host: PluginHost;
  readonly gate: {
    decide(request: PolicyRequest): { readonly decision: PolicyDecision; readonly permit?: Permit };
    approve(plugin: string, call: ToolCall): Permit;
  };
  readonly originsOf: (
    values: JsonObject,
    schema: JsonSchema,
    said: readonly string[],
  ) => Readonly<Record<string, Origin>>;
  readonly keepTimers: KeepTimers;
  /** Called after timers were kept. */
  readonly timersKept: () => void;
  readonly grants: readonly Grant[];
  /** Folders that the person granted for good, absolute. */
  readonly folders: readonly string[];
}

/** Where everything is written. */
export interface LogPorts {
  readonly journal: Journal;
  readonly mailbox: Mailbox;
  readonly database: Pick<Database, 'write' | 'query'>;
  /** Statements by which views follow the end of a turn, in the commit that ends it. */
  readonly observe: (ended: EndedTurn) => readonly Statement[];
  /** Told when a reply waits for a person who is not reading. */
  readonly announce: (person: string) => void;
  /** Told after each commit with a reply, for channels that deliver by themselves. */
  readonly replied: () => void;
}

/** A turn that took the fast path, as views of it need it. */
export interface EndedTurn {
  readonly person: string;
  readonly intent: string;
  readonly plugin: string;
  readonly failed: boolean;
}

/** Everything that the driver is given. */
export interface DriverPorts<View> {
  readonly core: CorePorts<View>;
  readonly tools: ToolPorts;
  readonly engine: ModelEngine;
  readonly log: LogPorts;
  readonly clock: Clock;
  readonly identifier: IdentifierSource;
  readonly budget: TurnBudget;
  /** Tells the operator of a fault that no person waits for. */
  readonly report: (error: unknown, about: string) => void;
}
