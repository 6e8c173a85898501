// Owns what the plugin manager, the sources and the command line say to each other about an
// installed plugin. Refuses code and secrets: everything here can be shown and written to a file.

import type { Permissions } from '../permissions.ts';

/** Where a plugin came from, exactly enough to get the same bytes again. */
export type PluginSource =
  | { readonly type: 'folder'; readonly path: string }
  | {
      readonly type: 'git';
      readonly url: string;
      /** 40 or 64 hexadecimal digits. */
      readonly commit: string;
      /** The plugin's folder in the repository, when it is not the root. */
      readonly path?: string;
    }
  | {
      readonly type: 'npm';
      readonly package: string;
      readonly version: string;
      /** Subresource integrity of the archive, as the registry gives it. */
      readonly integrity: string;
      readonly registry?: string;
    }
  | {
      readonly type: 'wheel';
      readonly package: string;
      readonly version: string;
      readonly sha256: string;
    }
  /** `oci`: a tree in an artifact; `image`: a container image. `digest` is `sha256:…`. */
  | { readonly type: 'oci' | 'image'; readonly reference: string; readonly digest: string }
  | { readonly type: 'mcpb'; readonly path: string; readonly sha256: string }
  /** An MCP server by its `server.json`, or by a command or an address. */
  | { readonly type: 'server'; readonly name: string };

/** Where a plugin of a list of plugins is to be had; what it names may change until it is fetched. */
export type SourceReference =
  /** Relative to the list, `.` for its own folder. */
  | { readonly type: 'folder'; readonly path: string }
  | {
      readonly type: 'git';
      readonly url: string;
      /** A branch or a tag; the default branch when absent. */
      readonly ref?: string;
      /** 40 hexadecimal digits; wins over `ref`. */
      readonly sha?: string;
      readonly path?: string;
    }
  | {
      readonly type: 'npm' | 'pypi' | 'nuget';
      readonly package: string;
      /** Exact, a range or a tag; the newest when absent. */
      readonly version?: string;
      readonly registry?: string;
    }
  /** A `.zip`, `.tar.gz` or `.mcpb` over https. */
  | { readonly type: 'archive'; readonly url: string; readonly sha256?: string }
  | { readonly type: 'image'; readonly reference: string };

/** Who answers for a plugin: our index, the community's, or the person who added it. */
export type PluginOrigin = 'official' | 'community' | 'local';

/** What a person allowed a plugin; a version that asks for more is not run. */
export interface PluginConsent {
  readonly permissions: Permissions;
  /** Names of secrets with the hosts that each may be sent to. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  /** Id of the key that signed it; another one later is asked about. */
  readonly publisher?: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A version of a plugin: which tree it is, and what it was allowed. */
export interface PluginRelease {
  readonly version: string;
  /** Of its tree in the content store, 64 hexadecimal digits. */
  readonly digest: string;
  readonly source: PluginSource;
  readonly consent: PluginConsent;
}

/** A release that was current, and why it no longer is. */
export interface PastRelease extends PluginRelease {
  readonly replacedAt: number;
  readonly reason: string;
}

/** How calls of one release ended; refusals and calls that were cancelled are not counted. */
export interface CallCount {
  readonly calls: number;
  readonly failures: number;
}

/** A release that is given a share of the calls until it is known to be no worse. */
export interface CanaryRelease extends PluginRelease {
  /** 0 to 1. */
  readonly share: number;
  readonly startedAt: number;
  /** Of the canary, and of the current release since the canary began. */
  readonly counts: { readonly canary: CallCount; readonly current: CallCount };
}

/** One installed plugin, as it stands in the lockfile. */
export interface LockedPlugin extends PluginRelease {
  readonly name: string;
  /** As the person named it when it was added; an update asks there again. */
  readonly reference: string;
  readonly origin: PluginOrigin;
  readonly enabled: boolean;
  /** Never updated until it is unpinned. */
  readonly pinned: boolean;
  /** Newest first, at most five. */
  readonly previous: readonly PastRelease[];
  readonly canary?: CanaryRelease;
  /** Why the index withdrew it; it is not run. */
  readonly withdrawn?: string;
}

/** What becomes of one part of a plugin in another format. */
export interface PartReport {
  /** Such as `commands/review.md`. */
  readonly part: string;
  /** Such as `skill review`; empty when it is dropped. */
  readonly becomes: string;
  /** Why it is dropped or changed. */
  readonly reason?: string;
}

/** What a person can do to an installed plugin. */
export type PluginChange = 'enable' | 'disable' | 'pin' | 'unpin' | 'roll-back' | 'promote';

/** What would be installed, for a person to read. Its words are the plugin's own: clean them first. */
export interface InstallPlan {
  readonly id: string;
  readonly plugin: string;
  readonly version: string;
  readonly description: string;
  readonly digest: string;
  readonly source: PluginSource;
  readonly origin: PluginOrigin;
  readonly tools: readonly { readonly tool: string; readonly effect: string }[];
  readonly parts: readonly PartReport[];
  /** All rights that it asks for. */
  readonly rights: readonly string[];
  /** Those of them that need a person's yes now: all for a new plugin, new ones for an update. */
  readonly asks: readonly string[];
  /** The version that it takes the place of. */
  readonly replaces?: string;
  /** True when this is the very release that is installed. */
  readonly isInstalled: boolean;
  readonly warnings: readonly string[];
}

/** An installed plugin with what it declares, as far as its code can be read. */
export interface InstalledSummary extends LockedPlugin {
  readonly rights: readonly string[];
  readonly secrets: readonly PluginSecret[];
}

/** A secret that an installed plugin declares. */
export interface PluginSecret {
  readonly name: string;
  readonly required: boolean;
  readonly isSet: boolean;
}

/** Releases of a plugin whose code is not what was installed. */
export interface VerifiedPlugin {
  readonly plugin: string;
  /** Digests; empty when all is as it was. */
  readonly altered: readonly string[];
}
