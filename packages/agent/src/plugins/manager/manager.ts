// Owns the life of installed plugins: fetched and read, shown, consented to, locked, handed to the
// host, gone back from. Refuses to run any of their code, and any change without its consent.

import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import type {
  CallCount,
  InstallPlan,
  LockedPlugin,
  PluginChange,
  PluginRelease,
} from '@opencomputer/contracts/internal';
import { judgeCanary } from './canary.ts';
import { consentAsked, widening } from './permission-lines.ts';
import { describePlan, refuseLoss, refuseMisfit } from './plan.ts';
import type { Beside } from './plan.ts';
import type { FetchedPlugin, ManagerEvent, ManagerPorts, RunnablePlugin } from './ports.ts';
import type { RefusedRelease, RunnableRelease } from './ports.ts';
import { changed, counted, digestsOf, onTrial, replaced, rolledBack } from './releases.ts';

/** Plans that wait for consent; the oldest is forgotten first. */
const plansMax = 16;
/** Share of the calls that a new release on trial is given. */
const trialShare = 0.2;

/** How a plan is carried out. */
export interface CommitOptions {
  /** The person has read what it asks for and said yes. */
  readonly consented: boolean;
  /** A new version takes over at once, without a trial. */
  readonly atOnce: boolean;
}

interface WaitingPlan {
  readonly plan: InstallPlan;
  readonly reference: string;
  readonly release: PluginRelease;
  readonly manifest: Manifest;
}

/** The installed plugins of one data directory. Its operations happen one after the other. */
export class PluginManager {
  readonly #ports: ManagerPorts;
  readonly #plans = new Map<string, WaitingPlan>();
  /** Of releases that run, by digest. */
  readonly #manifests = new Map<string, Manifest>();
  #plugins: readonly LockedPlugin[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(ports: ManagerPorts) {
    this.#ports = ports;
  }

  /** Reads the lockfile and hands what is in it to the host. Throws PLUGIN_LOCKFILE. */
  static async open(ports: ManagerPorts): Promise<PluginManager> {
    const manager = new PluginManager(ports);
    manager.#plugins = await ports.lockfile.read();
    await manager.#apply();
    return manager;
  }

  list(): readonly LockedPlugin[] {
    return this.#plugins;
  }

  /** What the code of an installed plugin declares; undefined when it cannot be read. */
  manifestOf(plugin: LockedPlugin): Promise<Manifest | undefined> {
    const { content, manifestOf } = this.#ports;
    const known = this.#manifests.get(plugin.digest);
    if (known !== undefined) return Promise.resolve(known);
    return manifestOf(content.placeOf(plugin.digest)).catch(() => undefined);
  }

  /** Fetches and reads a plugin and says what installing it would mean. Nothing of it is run. */
  async plan(reference: string, signal: AbortSignal): Promise<InstallPlan> {
    // A long download holds up nothing else.
    const fetched = await this.#ports.fetch(reference, signal);
    try {
      return await this.#exclusive(() => this.#plan(reference, fetched));
    } finally {
      await fetched.dispose();
    }
  }

  /** The same for what an installed plugin has become at the place that it came from. */
  async planUpdate(name: string, signal: AbortSignal): Promise<InstallPlan> {
    const plugin = this.#find(name);
    if (plugin.pinned) {
      throw new AgentError('PLUGIN_STATE', { plugin: name, problem: 'it is pinned' });
    }
    return this.plan(plugin.reference, signal);
  }

  /** Installs what was planned. Throws PLUGIN_CONSENT when it asks for more than was allowed. */
  commit(id: string, options: CommitOptions): Promise<LockedPlugin> {
    return this.#exclusive(() => this.#commit(id, options));
  }

  /** Changes an installed plugin. Throws PLUGIN_UNKNOWN, PLUGIN_STATE. */
  change(name: string, change: PluginChange): Promise<LockedPlugin> {
    return this.#exclusive(async () => {
      const before = this.#find(name);
      const after = changed(before, change, this.#ports.clock.now());
      await this.#replace(after);
      if (change === 'roll-back') this.#tell('plugin-rollback', after, 'by hand');
      if (change === 'promote') this.#tell('canary-end', after, 'promoted by hand');
      return after;
    });
  }

  /** Stops a release that was withdrawn, with its reason, until another takes its place. */
  withdraw(name: string, digest: string, reason: string): Promise<void> {
    return this.#exclusive(async () => {
      const plugin = this.#plugins.find((each) => each.name === name);
      const { canary } = plugin ?? {};
      if (plugin !== undefined && canary?.digest === digest) {
        const why = { at: this.#ports.clock.now(), reason: `it was withdrawn: ${reason}` };
        await this.#replace(rolledBack(plugin, why));
        this.#tell('canary-end', { ...canary, name }, why.reason);
      }
      if (plugin?.digest !== digest || plugin.withdrawn === reason) return;
      await this.#replace({ ...this.#find(name), withdrawn: reason });
      this.#tell('plugin-withdraw', plugin, reason);
    });
  }

  /** Removes a plugin and the code that no other needs; its storage stays, for when it comes back. */
  remove(name: string): Promise<void> {
    return this.#exclusive(async () => {
      const gone = this.#find(name);
      refuseLoss(name, this.#beside());
      await this.#write(
        this.#plugins.filter((plugin) => plugin !== gone),
        true,
      );
      await this.#sweep();
      this.#tell('plugin-remove', gone);
    });
  }

  /** Hashes the code of every release that may run. Names of plugins with what is wrong. */
  async verify(): Promise<ReadonlyMap<string, readonly string[]>> {
    const problems = new Map<string, readonly string[]>();
    for (const plugin of this.#plugins) {
      const altered: string[] = [];
      for (const digest of digestsOf(plugin)) {
        if (!(await this.#ports.content.verify(digest))) altered.push(digest);
      }
      problems.set(plugin.name, altered);
    }
    return problems;
  }

  /** Adds calls of a release to its trial, and ends the trial when they say enough. */
  count(name: string, digest: string, calls: CallCount): Promise<void> {
    return this.#exclusive(async () => {
      const plugin = this.#plugins.find((each) => each.name === name);
      if (plugin?.canary === undefined) return;
      const which = plugin.canary.digest === digest ? 'canary' : 'current';
      const after = counted(plugin, which, calls);
      const { canary, current } = after.canary?.counts ?? plugin.canary.counts;
      const verdict = judgeCanary(canary, current);
      const at = this.#ports.clock.now();
      const reason = `${canary.failures} of ${canary.calls} calls failed`;
      if (verdict === 'wait') await this.#write(this.#with(after), false);
      else if (verdict === 'promote') await this.#replace(changed(after, 'promote', at));
      else await this.#replace(rolledBack(after, { at, reason }));
      if (verdict === 'wait') return;
      this.#tell('canary-end', { ...plugin.canary, name }, `${verdict}: ${reason}`);
    });
  }

  /**
   * Goes back from a release that keeps crashing: from a trial to the current release, from the
   * current one to the one before. False when there is nothing to go back to.
   */
  crashed(name: string, digest: string, problem: string): Promise<boolean> {
    return this.#exclusive(async () => {
      const plugin = this.#plugins.find((each) => each.name === name);
      const isRunning = plugin?.digest === digest || plugin?.canary?.digest === digest;
      if (plugin === undefined || !isRunning) return false;
      const isTrial = plugin.canary?.digest === digest;
      if (!isTrial && plugin.previous.length === 0) return false;
      const why = { at: this.#ports.clock.now(), reason: `it kept crashing: ${problem}` };
      // A trial of a release whose current one crashes is over as well: it has nothing to beat.
      const alone = isTrial || plugin.canary === undefined ? plugin : rolledBack(plugin, why);
      const after = rolledBack(alone, why);
      await this.#replace(after);
      this.#tell('plugin-rollback', after, problem);
      return true;
    });
  }

  async #plan(reference: string, fetched: FetchedPlugin): Promise<InstallPlan> {
    const { content, identifier, clock } = this.#ports;
    const { manifest, source } = fetched;
    refuseMisfit(manifest, this.#beside());
    const { digest } = await content.add(fetched.directory);
    const publisher = fetched.publisher?.id;
    const asked = consentAsked(manifest, clock.now());
    const consent = { ...asked, ...(publisher !== undefined && { publisher }) };
    const release = { version: manifest.version, digest, source, consent };
    const installed = this.#plugins.find(({ name }) => name === manifest.name);
    const plan = describePlan(fetched, release, {
      id: identifier(),
      installed,
      official: this.#ports.official,
    });
    this.#keepPlan({ plan, reference, release, manifest });
    return plan;
  }

  async #commit(id: string, { consented, atOnce }: CommitOptions): Promise<LockedPlugin> {
    const waiting = this.#plans.get(id);
    if (waiting === undefined) {
      const problem = 'the plan is over; make a new one';
      throw new AgentError('PLUGIN_STATE', { plugin: id, problem });
    }
    const { plan, release, reference, manifest } = waiting;
    if (plan.asks.length > 0 && !consented) {
      const lines = plan.asks.join('; ');
      throw new AgentError('PLUGIN_CONSENT', { plugin: plan.plugin, lines });
    }
    refuseMisfit(manifest, this.#beside());
    const installed = this.#plugins.find(({ name }) => name === plan.plugin);
    // What was shown was a difference to the release of that time.
    if (installed?.version !== plan.replaces) {
      const problem = 'it changed since the plan was made; make a new one';
      throw new AgentError('PLUGIN_STATE', { plugin: plan.plugin, problem });
    }
    this.#plans.delete(id);
    const at = this.#ports.clock.now();
    const { origin } = plan;
    if (installed === undefined) {
      const fresh = { enabled: true, pinned: false, previous: [] };
      const added = { ...release, name: plan.plugin, reference, origin, ...fresh };
      await this.#replace(added);
      this.#tell('plugin-install', added);
      return added;
    }
    const { withdrawn, ...kept } = installed;
    const isOther = release.digest !== installed.digest;
    const tracked = { ...(isOther ? kept : installed), reference, origin };
    // A withdrawn release has no calls to share.
    const isTrial = !atOnce && installed.enabled && isOther && withdrawn === undefined;
    const after = isTrial
      ? onTrial(tracked, release, { at, share: trialShare })
      : replaced(tracked, release, { at, reason: 'an update' });
    await this.#replace(after);
    await this.#sweep();
    this.#tell(isTrial ? 'canary-start' : 'plugin-update', { ...release, name: plan.plugin });
    return after;
  }

  #beside(): Beside {
    const { official, frameworkVersion } = this.#ports;
    const installed = this.#plugins.flatMap(({ digest, enabled }) => {
      const manifest = enabled ? this.#manifests.get(digest) : undefined;
      return manifest === undefined ? [] : [manifest];
    });
    return { official, installed, frameworkVersion };
  }

  #keepPlan(waiting: WaitingPlan): void {
    this.#plans.set(waiting.plan.id, waiting);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > plansMax && oldest !== undefined) this.#plans.delete(oldest);
  }

  #find(name: string): LockedPlugin {
    const found = this.#plugins.find((plugin) => plugin.name === name);
    if (found !== undefined) return found;
    throw new AgentError('PLUGIN_UNKNOWN', { plugin: name });
  }

  #with(plugin: LockedPlugin): readonly LockedPlugin[] {
    const others = this.#plugins.filter(({ name }) => name !== plugin.name);
    return [...others, plugin].toSorted((one, two) => (one.name < two.name ? -1 : 1));
  }

  #replace(plugin: LockedPlugin): Promise<void> {
    return this.#write(this.#with(plugin), true);
  }

  /** The lockfile first: what the host runs is never more than what is written. */
  async #write(plugins: readonly LockedPlugin[], isOther: boolean): Promise<void> {
    await this.#ports.lockfile.write(plugins);
    this.#plugins = plugins;
    if (isOther) await this.#apply();
  }

  /** What cannot be run is told of and stops no other. */
  async #apply(): Promise<void> {
    const runnable: RunnablePlugin[] = [];
    const refused: RefusedRelease[] = [];
    for (const plugin of this.#plugins) {
      if (!plugin.enabled) continue;
      try {
        runnable.push(await this.#runnable(plugin));
      } catch (error) {
        const { name, version } = plugin;
        const problem = error instanceof Error ? error.message : String(error);
        refused.push({ name, version, problem });
      }
    }
    await this.#ports.apply(runnable, refused);
  }

  async #runnable(plugin: LockedPlugin): Promise<RunnablePlugin> {
    const { name, canary, withdrawn } = plugin;
    if (withdrawn !== undefined) {
      const problem = `it was withdrawn: ${withdrawn}`;
      throw new AgentError('PLUGIN_STATE', { plugin: name, problem });
    }
    const current = await this.#release(plugin, plugin);
    if (canary === undefined) return { current };
    return {
      current,
      trial: { release: await this.#release(plugin, canary), share: canary.share },
    };
  }

  /** Throws PLUGIN_CONSENT when the code asks for more than was allowed, whoever wrote the lockfile. */
  async #release(plugin: LockedPlugin, release: PluginRelease): Promise<RunnableRelease> {
    const { content, manifestOf } = this.#ports;
    const { name, origin } = plugin;
    const { version, digest, source, consent } = release;
    const directory = content.placeOf(digest);
    const manifest = this.#manifests.get(digest) ?? (await manifestOf(directory));
    this.#manifests.set(digest, manifest);
    const lines = widening(consent, consentAsked(manifest, consent.at)).join('; ');
    if (lines !== '') throw new AgentError('PLUGIN_CONSENT', { plugin: name, lines });
    return { name, origin, version, digest, source, consent, directory, manifest };
  }

  /** Removes code that no release and no waiting plan needs. */
  async #sweep(): Promise<void> {
    const waiting = [...this.#plans.values()].map(({ release }) => release.digest);
    await this.#ports.content.keepOnly(new Set([...this.#plugins.flatMap(digestsOf), ...waiting]));
  }

  #tell(
    name: ManagerEvent['name'],
    about: { readonly name: string; readonly version: string },
    reason?: string,
  ): void {
    const { version, name: plugin } = about;
    this.#ports.observe({ name, plugin, version, ...(reason !== undefined && { reason }) });
  }

  #exclusive<Result>(run: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(run);
    this.#queue = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}
