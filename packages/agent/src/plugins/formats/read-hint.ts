// Owns what whoever fetched a plugin knows about it and its folder does not say. Refuses rights other
// than hosts: they are the manifest's to ask for.

import type { PluginFormat } from './imported-plugin.ts';
import type { MarketplaceEntry } from './marketplace.ts';

/** All of it optional. */
export interface ReadHint {
  /** Read the folder as this, where it could be read as more than one. */
  readonly format?: PluginFormat;
  /** The name of a plugin that has none: of its repository or folder, not of a temporary one. */
  readonly name?: string;
  /** The version of a plugin that has none, such as the one of its package. */
  readonly version?: string;
  /** Hosts that its programs may reach: most formats cannot say them. A person named them. */
  readonly network?: readonly string[];
  /** What the list that it was found in says of it. */
  readonly entry?: MarketplaceEntry;
}
