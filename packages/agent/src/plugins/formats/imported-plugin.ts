// Owns what reading a foreign plugin gives: manifests, what became of each part, warnings. Refuses a
// manifest that our own schema does not take.

import { AgentError, manifest as manifestSchema } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import type { PartReport, SourceReference } from '@opencomputer/contracts/internal';
import type * as z from 'zod';

/** The formats that are read, in the order in which they are looked for. */
export type PluginFormat =
  | 'opencomputer'
  | 'agent-plugin'
  | 'claude-plugin'
  | 'agent-skills'
  | 'mcp-server'
  | 'mcp-bundle';

/** A file that is added to a plugin's tree. */
export interface GeneratedFile {
  /** Relative to the tree, within `.opencomputer/`. */
  readonly path: string;
  readonly text: string;
}

/** One plugin of ours, made of a foreign one. */
export interface ImportedPlugin {
  readonly manifest: Manifest;
  readonly files: readonly GeneratedFile[];
  readonly parts: readonly PartReport[];
  readonly warnings: readonly string[];
  /** A package that its command gets when it starts; have it in the tree to start without network. */
  readonly program?: SourceReference;
}

/** What a folder holds. A plugin with more than one MCP server becomes one plugin for each. */
export interface ReadFolder {
  readonly format: PluginFormat;
  readonly plugins: readonly ImportedPlugin[];
}

/** A manifest as it is written, before defaults. */
export type ManifestInput = z.input<typeof manifestSchema>;

/** What becomes of the parts, gathered while they are read. */
export class ImportReport {
  readonly parts: PartReport[] = [];
  readonly warnings: string[] = [];

  kept(part: string, becomes: string, reason?: string): void {
    this.parts.push({
      part,
      becomes,
      ...(reason === undefined || reason === '' ? {} : { reason }),
    });
  }

  dropped(part: string, reason: string): void {
    this.parts.push({ part, becomes: '', reason });
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }
}

/** Validates a manifest that was put together. Throws PLUGIN_MANIFEST, with the file it is from. */
export function checkedManifest(input: ManifestInput, file: string): Manifest {
  const parsed = manifestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const problem = `it cannot be a plugin here: ${issue?.path.join('.')}: ${issue?.message}`;
  throw new AgentError('PLUGIN_MANIFEST', { file, problem });
}
