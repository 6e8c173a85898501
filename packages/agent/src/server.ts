// Owns the composition of the agent: the only file that knows every part, opens them in order and
// lets go of them in reverse. Refuses behaviour of its own beyond handing one part to another.

import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Configuration, Grant, IdentifierSource } from '@opencomputer/contracts';
import type { AgentService, PrepareRequest, Understand } from '@opencomputer/contracts/internal';
import * as backup from './backup/index.ts';
import * as channels from './channels/index.ts';
import { systemClock, within, zoneOf } from './clock.ts';
import * as core from './core/index.ts';
import type { Conversation, IntentParser } from './core/index.ts';
import * as driving from './driver/index.ts';
import type { CallLog, Driver, Journal, OtherQueries } from './driver/index.ts';
import { createPriors } from './feedback/index.ts';
import type { Priors } from './feedback/index.ts';
import type { RunningDaemon } from './gateway/index.ts';
import { createEngineLoader } from './engine-package.ts';
import { createIdentifiers, identifiersAfter } from './identifier.ts';
import { createModelEngine, packageLoader } from './llm/index.ts';
import type { LanguageEngine } from './llm/index.ts';
import { openExtensions } from './extensions.ts';
import type { Extensions } from './extensions.ts';
import { followRestored, openKept } from './maintenance.ts';
import { createMemory } from './memory/index.ts';
import { once, perLatest } from './once.ts';
import { loadManifest } from './plugins/index.ts';
import type { BuiltinPlugin, ListingPluginHost } from './plugins/index.ts';
import { createGate, decide, grantsOf, originsOf } from './policy/index.ts';
import type { Gate } from './policy/index.ts';
import * as prompts from './prompts/index.ts';
import { abilitiesOf, assistantSkill, memorySkill, settingsOf } from './skills/index.ts';
import { createCache, sharedStore } from './store/index.ts';
import type { Store } from './store/index.ts';
import { createTimers } from './workflows/index.ts';
import type { Timers } from './workflows/index.ts';
import { version } from './version.ts';

/** The one person of an embedded installation. */
const owner = 'owner';
/** Time that running turns are given at the end. */
const graceMsMax = 15_000;
const outputTokensMax = 4_096;
const startMsMax = 2_000;
/** A backup that a stop interrupts leaves nothing under its name. */
const backupMsMax = 2_000;

/** What the agent is opened with; nothing else is read from the process or the machine. */
export interface AgentOptions {
  /** The data directory. */
  readonly directory: string;
  /** Variables in which models are found, and of which plugins get PATH, LANG and TZ. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configuration: Configuration;
  /** Holds one folder for each official plugin. */
  readonly pluginDirectory: string;
  /** What a second process is told holds the data directory. */
  readonly command?: string;
  readonly clock?: Clock;
  /** Channels that deliver by themselves, beside those of the configuration. */
  readonly channels?: readonly channels.RegisteredChannel[];
  /** How this process takes part in a cluster; absent: it is the only one. */
  readonly cluster?: driving.ClusterOptions;
  /** Told of faults that no person waits for; silent when absent. */
  readonly report?: (error: unknown, about: string) => void;
}

/** The options with their defaults, and the open store. */
interface Given extends Required<Omit<AgentOptions, 'cluster'>>, Pick<AgentOptions, 'cluster'> {
  readonly store: Store;
  readonly backups: backup.Backups;
  /** One source, since the order among all identifiers counts. */
  readonly identifier: IdentifierSource;
}

/** The parts that others are made of. */
interface Parts extends Given {
  readonly gate: Gate;
  readonly engine: LanguageEngine;
  readonly host: ListingPluginHost;
  readonly extensions: Extensions;
  readonly priors: Priors;
  readonly journal: Journal;
  readonly calls: CallLog;
  readonly grants: readonly Grant[];
}

/** Opens the agent in this process. Rejects with the STORE_ and MIGRATION_ errors of its store. */
export async function openAgent(options: AgentOptions): Promise<AgentService> {
  return (await compose(options)).service;
}

/** Opens the agent and serves it on the data directory's socket and, when asked, on a port. */
export async function serve(
  options: AgentOptions & { readonly port?: number; readonly timeZone: string },
): Promise<RunningDaemon> {
  const { service, store, backups } = await compose({ command: 'agent serve', ...options });
  backups.start(options.configuration.backup);
  await store.watch(options.report ?? (() => undefined));
  const { port, timeZone, clock = systemClock, report } = options;
  const { startDaemon } = await import('./gateway/index.ts');
  return startDaemon({
    service,
    socketPath: store.directory.file('agent.sock'),
    keyPath: store.directory.file('api.key'),
    ...(port !== undefined && { port }),
    version,
    person: owner,
    timeZone,
    conversationFor: (user) => `api-${store.sealing.hash('conversation', user).slice(0, 24)}`,
    clock,
    identifiers: createIdentifiers(),
    onFault: (error) => report?.(error, 'gateway'),
  });
}

async function compose(
  options: AgentOptions,
): Promise<{ service: AgentService; store: Store; backups: backup.Backups }> {
  const given = {
    clock: systemClock,
    command: 'agent',
    report: (): undefined => undefined,
    channels: [],
    ...options,
  };
  const { directory: path, command, clock, report } = given;
  const shared = given.cluster && sharedStore(given.cluster);
  const store = await openKept({ path, command, clock, ...shared }, report);
  try {
    const backups = backup.createBackups({ store, clock, version, report });
    const identifier = await identifiersAfter(store.database);
    const noted = { ...given, report: store.noting(report) };
    const parts = await makeParts({ ...noted, store, backups, identifier });
    const { start, service } = await assemble(parts);
    await start();
    return { service, store, backups };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function makeParts(given: Given): Promise<Parts> {
  const { store, clock, report, identifier } = given;
  const { database, sealing } = store;
  const gate = createGate(decide);
  const from = { database, sealing, identifier, machine: core, report };
  const journal = driving.createJournal(from);
  const calls = driving.createCallLog({ journal, database, clock, report });
  const engine = makeEngine(given, calls);
  const grants = grantsOf(given.configuration.policy.allow);
  const extensions = await openExtensions({
    ...given,
    gate,
    grants,
    person: owner,
    builtins: (host) => makeBuiltins(given, { engine, host }),
  });
  const { host } = extensions;
  const priors = createPriors(database);
  return { ...given, gate, engine, host, extensions, priors, journal, calls, grants };
}

/** Everything that runs, wired; `start` goes on with what an earlier process left. */
async function assemble(
  parts: Parts,
): Promise<{ service: AgentService; start: () => Promise<void> }> {
  const { store, clock, report, host, gate, engine, journal, grants, configuration } = parts;
  const { identifier } = parts;
  const shared = { database: store.database, sealing: store.sealing, clock, report };
  const { mailbox, notices, delivery, outbox } = channels.createChannels({
    ...shared,
    channels: [...parts.channels, ...channels.webhookChannels({ ...parts, fetch })],
    random: Math.random,
    ...driving.replyEvents(journal),
  });
  const timeZone = zoneOf(configuration);
  const { enqueue } = mailbox;
  const firing = { host, gate, grants, journal, enqueue, clock, identifier, timeZone, report };
  const timers = createTimers({
    ...shared,
    fire: (timer) => driving.fireTimer(firing, timer),
    fired: ({ person }) => (notices.announce(person), delivery.wake()),
  });
  const log = { journal, mailbox, database: store.database };
  const ports = portsOf(parts, { log, timers, announce: notices.announce, replied: delivery.wake });
  const driver = await driving.openDriver({
    ...parts,
    ports,
    person: owner,
    fireTimers: () => timers.fireDue(),
    graceMs: graceMsMax,
    load: createEngineLoader(packageLoader(store.directory.file('packages'))),
  });
  const drain = async (): Promise<void> => {
    await Promise.all([driver.stop(graceMsMax), timers.stop()]);
    await delivery.stop();
  };
  const close = async (): Promise<void> => {
    await within(clock, backupMsMax, parts.backups.stop());
    await parts.extensions.stop();
    engine.stop();
    await store.close();
  };
  const queries = makeQueries(parts, driver);
  const pending = driving.createPending({ driver, log, outbox, now: clock.now });
  const answering = { driver, journal, notices, pending, queries, person: owner, clock };
  const service = driving.createService({ ...answering, drain, close });
  const start = async (): Promise<void> => {
    await followRestored({ ...parts, keep: timers.keep, person: owner, timeZone });
    await driver.resume();
    if (parts.cluster !== undefined) return;
    await within(clock, startMsMax, Promise.all([timers.start(), delivery.start(driver.receive)]));
  };
  return { start, service };
}

type Around = Pick<driving.DriverPorts<Conversation>['log'], 'announce' | 'replied'> & {
  readonly log: Pick<driving.DriverPorts<Conversation>['log'], 'journal' | 'mailbox' | 'database'>;
  readonly timers: Pick<Timers, 'keep' | 'wake'>;
};

function portsOf(
  parts: Parts,
  { log, timers, ...told }: Around,
): driving.DriverPorts<Conversation> {
  const { host, gate, grants, engine, clock, identifier, configuration, report } = parts;
  const tools = { host, gate, grants, originsOf, keepTimers: timers.keep };
  return {
    core: {
      machine: core,
      dialogue: core.createDialogue(() => core.windowLimits(engine.contextTokens())),
      understand: makeUnderstand(parts),
      prepare: makePrepare(parts),
    },
    tools: { ...tools, timersKept: () => timers.wake(), folders: configuration.folders },
    log: { ...log, ...told, observe: (ended) => [parts.priors.count(ended)] },
    engine,
    clock,
    identifier,
    budget: configuration.budget,
    report,
  };
}

function makeEngine(given: Given, calls: CallLog): LanguageEngine {
  const { store, clock, environment, configuration } = given;
  return createModelEngine({
    clock,
    random: Math.random,
    environment,
    settings: configuration.models,
    onCall: calls.end,
    loadPackage: packageLoader(store.directory.file('packages')),
  });
}

async function makeBuiltins(
  given: Given,
  { engine, host }: { engine: LanguageEngine; host: () => ListingPluginHost },
): Promise<readonly BuiltinPlugin[]> {
  const { database, sealing } = given.store;
  const memory = createMemory({ database, sealing, identifier: given.identifier });
  const indexOf = perLatest(core.indexTools);
  const handlers = {
    memory: memorySkill(memory, owner),
    assistant: assistantSkill({
      search: (query, limit) =>
        core.searchTools(indexOf(host().tools()), query, limit).map(({ tool }) => ({
          name: tool.declaration.name,
          description: tool.declaration.description,
          plugin: tool.plugin,
        })),
      abilities: () => abilitiesOf(host().intents()),
      settings: () => {
        const model = engine.models().find(({ current }) => current)?.model;
        return settingsOf(given.configuration, { model, directory: given.directory });
      },
      modelConnected: () => engine.models().length > 0,
    }),
  };
  const found = Object.entries(handlers).map(async ([name, plugin]) => {
    if (given.configuration.plugins[name]?.enabled === false) return [];
    const loaded = await loadManifest(join(given.pluginDirectory, name));
    return loaded === undefined ? [] : [{ manifest: loaded.manifest, handlers: plugin }];
  });
  return (await Promise.all(found)).flat();
}

function makeUnderstand(parts: Parts): Understand {
  const { host, engine, priors, configuration } = parts;
  // Made anew when other plugins are installed.
  const parserOf = perLatest((_intents: unknown) => once(() => loadParser(parts)));
  const listed = once(() => host.refresh(AbortSignal.timeout(graceMsMax)));
  const dates = once(() => import('./core/intents/chrono-dates.ts'));
  return async (message, expectation) => {
    await listed();
    const modelConnected = (await engine.available()).length > 0;
    if (message.command !== undefined) {
      return core.typedCommand(message.id, message.command, driving.shellTool);
    }
    if (message.repeat !== undefined) return core.repeated(message.id, message.repeat);
    if (message.modelOnly === true || (configuration.fastPath === 'off' && modelConnected)) {
      return core.leaveToModel(modelConnected, 'the fast path is off');
    }
    const { parseChronoDates: parseDates } = await dates();
    return core.understand({
      message,
      expectation,
      parser: await parserOf(host.intents())(),
      parseDates,
      intents: host.intents(),
      modelConnected,
      priorsOf: (intent) => priors.of(message.person, intent),
    });
  };
}

/** The parser of the installed intents; what the build trained is used while it fits. */
function loadParser({ host, store, pluginDirectory, report }: Parts): Promise<IntentParser> {
  const sources = core.intentSources(
    host.intents().map(({ declaration }) => declaration),
    host.tools().map(({ declaration }) => declaration),
  );
  const built = createCache({ directory: pluginDirectory, name: 'intents', report });
  const own = createCache({ directory: store.directory.file('cache'), name: 'intents', report });
  return core.loadParser(sources, (text) => hash('sha256', text), [{ read: built.read }, own]);
}

function makePrepare({ host, calls, configuration }: Parts): PrepareRequest<Conversation> {
  const stamps = new Map<string, (at: number) => string>();
  const system = prompts.renderPrompt(prompts.systemTemplate, {
    user_name: configuration.person.name ?? 'the user',
  });
  return async (view, { message, messages, step }) => {
    const stamp = stamps.get(message.timeZone) ?? prompts.createStamp(message.timeZone);
    stamps.set(message.timeZone, stamp);
    const all = core.assembleMessages(view, { at: message.at, messages }, stamp);
    const tools = prompts.offerTools(host.tools(), all);
    const trace = { turn: message.id, step };
    calls.begin(message);
    return { system, messages: all, tools, outputTokensMax, trace };
  };
}

function makeQueries(parts: Parts, driver: Driver): OtherQueries {
  const { engine, clock, directory, configuration } = parts;
  const startedAt = clock.monotonic();
  return {
    ...parts.extensions.queries,
    models: () => engine.available(),
    choose: async ({ model }) => engine.choose(model),
    backup: (input) => parts.backups.create(input),
    integrity: () => parts.store.check(),
    status: async () => ({
      version,
      directory,
      uptimeSeconds: Math.round((clock.monotonic() - startedAt) / 1000),
      ...driving.workOf(driver),
    }),
    context: async (input) => {
      const timeZone = zoneOf(configuration);
      const request = await driver.preview({ ...input, person: owner, timeZone });
      const model = engine.models().find(({ current }) => current)?.model ?? '';
      return prompts.sectionsOf(request, (characters) =>
        engine.estimator.tokensOf(characters, model),
      );
    },
  };
}
