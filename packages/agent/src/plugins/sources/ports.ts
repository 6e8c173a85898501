// Owns what fetching needs of the machine, and what it gives. Refuses to reach for any of it by itself.

import type { Clock } from '@opencomputer/contracts';
import type { PluginSource } from '@opencomputer/contracts/internal';
import type { Fetch } from '../guarded-fetch.ts';
import type { OciClient, Publisher } from '../registry/index.ts';
import type { SourceLimits } from './limits.ts';

/** The machine, as the sources see it. */
export interface SourcePorts {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly registry: OciClient;
  /** An existing folder of ours, on the disk of the content store. */
  readonly temporary: string;
  /** What `~` and a relative path stand for. */
  readonly home: string;
  readonly workingDirectory: string;
  /**
   * What git, npm and python3 see: PATH, and where there are such, proxies, an agent for SSH, and own
   * certificate authorities (NODE_EXTRA_CA_CERTS, GIT_SSL_CAINFO, PIP_CERT).
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Addresses without a slash at the end. */
  readonly registries: { readonly npm: string; readonly pypi: string };
  readonly limits: SourceLimits;
}

/** A plugin's folder, with nothing run. */
export interface FetchedSource {
  /** Unpacked, temporary, ours. */
  readonly directory: string;
  readonly source: PluginSource;
  /** What a person should know, such as a package whose install script was not run. */
  readonly warnings: readonly string[];
  /** Who signed it, when it is signed; its signature was checked over what was fetched. */
  readonly publisher?: Publisher;
  /** Removes the folder; may be called again. */
  dispose(): Promise<void>;
}

/** One fetch under way. */
export interface FetchContext {
  readonly ports: SourcePorts;
  /** As the person typed it, for errors. */
  readonly reference: string;
  readonly signal: AbortSignal;
  /** An empty folder of this fetch alone, removed with it. */
  readonly work: string;
}

/** What one kind of source gives. */
export type Fetched = Omit<FetchedSource, 'dispose'>;
