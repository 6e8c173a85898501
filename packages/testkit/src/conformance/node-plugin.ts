// Owns the whole of what a plugin of runtime `node` must keep, from its manifest to its process.
// Refuses rules of its own: they are those of manifest, tool and plugin.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { manifest } from '@opencomputer/contracts';
import type { JsonObject, Manifest, ToolHandler } from '@opencomputer/contracts';
import { manifestConformance } from './manifest.ts';
import { pluginConformance } from './plugin.ts';
import type { SampleCall } from './plugin.ts';
import { toolConformance } from './tool.ts';
import type { ConformanceCase } from './tool.ts';

/** A plugin in a folder: its manifest, its handlers, and calls of them. */
export interface NodePluginUnderTest {
  /** The folder of the manifest, absolute; `entry` is found from there. */
  readonly folder: string;
  /** The manifest as parsed, not yet validated. */
  readonly manifest: unknown;
  readonly tools: readonly { readonly name: string; readonly handler: ToolHandler }[];
  /** By the name of a tool, a call of it that is done when nothing is kept yet. */
  readonly samples: Readonly<Record<string, JsonObject>>;
  /** The call of the process; absent: the first of the samples. */
  readonly served?: SampleCall;
  /** Folders that the person granted, absolute; absent: none. */
  readonly folders?: readonly string[];
}

/** The cases for a plugin. Give each to `test(name, run)`. Throws for a manifest without tools. */
export function nodePluginConformance(subject: NodePluginUnderTest): readonly ConformanceCase[] {
  const rules = manifestConformance(subject.manifest);
  const parsed = manifest.safeParse(subject.manifest);
  if (!parsed.success) return rules;
  const declared = parsed.data;
  const { tools } = declared.provides;
  const names = tools.map(({ name }) => name);
  const first = Object.entries(subject.samples)[0];
  assert.ok(first, 'at least one sample is needed');
  const [tool, input] = first;
  const served = subject.served ?? { tool, input };
  const idempotent = tools.find(({ name }) => name === served.tool)?.idempotent === true;
  return [
    ...rules,
    ...Object.keys(subject.samples).flatMap((name) => casesOfTool(subject, declared, name)),
    ...pluginConformance({
      command: process.execPath,
      arguments: [join(subject.folder, declared.entry)],
      tools: names,
      sample: { idempotent, ...served },
      ...(subject.folders === undefined ? {} : { folders: subject.folders }),
    }),
  ];
}

function casesOfTool(
  subject: NodePluginUnderTest,
  declared: Manifest,
  name: string,
): readonly ConformanceCase[] {
  const declaration = declared.provides.tools.find((each) => each.name === name);
  const tool = subject.tools.find((each) => each.name === name);
  assert.ok(declaration && tool, `a sample of "${name}", which is no tool of the plugin`);
  return toolConformance({
    declaration,
    handler: tool.handler,
    input: subject.samples[name] ?? {},
    outputBytesMax: declared.resources.outputBytesMax,
    ...(subject.folders === undefined ? {} : { context: { folders: subject.folders } }),
  });
}
