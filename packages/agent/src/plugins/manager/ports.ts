// Owns what the manager is given and gives: fetched plugins in, runnable releases and plans out.
// Refuses to know how a plugin is fetched, read or run.

import type { Clock, IdentifierSource, Manifest } from '@opencomputer/contracts';
import type {
  PartReport,
  PluginOrigin,
  PluginRelease,
  PluginSource,
} from '@opencomputer/contracts/internal';
import type { ContentStore } from '../content/index.ts';
import type { Lockfile } from './lockfile.ts';

/** A plugin as its source gave it: unpacked into a folder of ours, with nothing run. */
export interface FetchedPlugin {
  readonly directory: string;
  readonly source: PluginSource;
  readonly manifest: Manifest;
  readonly origin: PluginOrigin;
  /** What becomes of each part, for a plugin in another format. */
  readonly parts: readonly PartReport[];
  readonly warnings: readonly string[];
  /** Who signed it, by the id of the key. */
  readonly publisher?: { readonly id: string };
  /** Removes the folder. */
  dispose(): Promise<void>;
}

/** A release that the host is to run, with what is needed for that. */
export interface RunnableRelease extends PluginRelease {
  readonly name: string;
  readonly origin: PluginOrigin;
  readonly directory: string;
  readonly manifest: Manifest;
}

/** An installed plugin as the host sees it: what runs, and what is tried beside it. */
export interface RunnablePlugin {
  readonly current: RunnableRelease;
  readonly trial?: { readonly release: RunnableRelease; readonly share: number };
}

/** An installed plugin that is not run, and why. */
export interface RefusedRelease {
  readonly name: string;
  readonly version: string;
  readonly problem: string;
}

/** What the manager is made of. */
export interface ManagerPorts {
  readonly lockfile: Lockfile;
  readonly content: ContentStore;
  readonly clock: Clock;
  readonly identifier: IdentifierSource;
  readonly frameworkVersion: string;
  /** Manifests of official plugins, which are not the manager's to change. */
  readonly official: readonly Manifest[];
  /** Gets a plugin by what a person typed. Throws PLUGIN_SOURCE, PLUGIN_MANIFEST, PLUGIN_TREE. */
  fetch(reference: string, signal: AbortSignal): Promise<FetchedPlugin>;
  /** Reads the manifest of a tree of the content store. */
  manifestOf(directory: string): Promise<Manifest>;
  /** The host runs these from now on, and nothing else of ours; it lists the refused ones. */
  apply(plugins: readonly RunnablePlugin[], refused: readonly RefusedRelease[]): Promise<void>;
  observe(event: ManagerEvent): void;
}

/** What happened to an installed plugin. */
export interface ManagerEvent {
  readonly name:
    | 'plugin-install'
    | 'plugin-update'
    | 'plugin-remove'
    | 'plugin-rollback'
    | 'plugin-withdraw'
    | 'canary-start'
    | 'canary-end';
  readonly plugin: string;
  readonly version: string;
  readonly reason?: string;
}
