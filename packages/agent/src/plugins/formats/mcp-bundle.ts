// Owns the reading of unpacked MCP bundles (`.mcpb`, formerly `.dxt`): their `manifest.json`. Refuses
// bundles for other platforms, and programs that are not in the bundle.

import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { checkDocument } from '../located-document.ts';
import { assemble } from './assembly.ts';
import { authorText, identityOf } from './identity.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { convertServer } from './mcp-server.ts';
import type { ForeignServer } from './mcp-server.ts';
import { pathWithin } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import type { ReadHint } from './read-hint.ts';
import { SkillCollection } from './skills.ts';
import type { ForeignOption, Meaning } from './start-texts.ts';
import { configurationOf, looseOptions, optionsOf } from './user-options.ts';

export const bundleFile = 'manifest.json';

const launch = z.object({
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});

const bundleForm = z.object({
  name: z.string().min(1),
  display_name: z.string().optional(),
  version: z.string(),
  description: z.string(),
  author: z.object({ name: z.string(), email: z.string().optional() }),
  license: z.string().optional(),
  homepage: z.string().optional(),
  repository: z.object({ url: z.string() }).optional(),
  server: z.object({
    type: z.enum(['node', 'python', 'binary', 'uv']),
    entry_point: z.string(),
    mcp_config: launch
      .extend({ platform_overrides: z.record(z.string(), launch).optional() })
      .optional(),
  }),
  tools: z.array(z.object({ name: z.string() })).optional(),
  prompts: z
    .array(
      z.object({
        name: z.string(),
        description: z.string().optional(),
        text: z.string().optional(),
      }),
    )
    .optional(),
  compatibility: z
    .looseObject({
      platforms: z.array(z.string()).optional(),
      runtimes: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  user_config: looseOptions.optional(),
});
type Bundle = z.infer<typeof bundleForm>;

/** Parts that nothing becomes of, and why. */
const droppedParts: Readonly<Record<string, string>> = {
  _meta: 'it is for other clients',
  localization: 'texts of other languages are not shown',
  prompts_generated: 'prompts that a server makes are not offered',
};

/** True for a `manifest.json` of this format. */
export async function isBundle(folder: PluginFolder): Promise<boolean> {
  if (!(await folder.isFile(bundleFile))) return false;
  const value = (await folder.json(bundleFile))?.value;
  return isObject(value) && ('manifest_version' in value || 'dxt_version' in value);
}

/** Reads a bundle for a platform of Node (`linux`). Throws PLUGIN_MANIFEST with file and line. */
export async function readBundle(
  folder: PluginFolder,
  hint: ReadHint,
  platform: string,
): Promise<ReadFolder> {
  const document = await folder.json(bundleFile);
  if (document === undefined) {
    throw new AgentError('PLUGIN_MANIFEST', { file: bundleFile, problem: 'it is missing' });
  }
  const report = new ImportReport();
  const bundle = checkDocument(document, bundleForm, 'the bundle');
  const { platforms } = bundle.compatibility ?? {};
  if (platforms !== undefined && !platforms.includes(platform)) {
    const problem = `it is for ${platforms.join(', ') || 'no platform'}, and this is ${platform}`;
    throw document.refusal(['compatibility', 'platforms'], problem);
  }
  if (pathWithin(bundle.server.entry_point) === undefined) {
    const problem = `"${bundle.server.entry_point}" is not a path within the bundle`;
    throw document.refusal(['server', 'entry_point'], problem);
  }
  const identity = identityOf(
    {
      name: bundle.name,
      version: bundle.version,
      description: bundle.description,
      authors: authorText(bundle.author),
      licence: bundle.license,
      homepage: bundle.homepage ?? bundle.repository?.url,
    },
    report,
  );
  const { user_config: written = {} } = bundle;
  const options = optionsOf(written);
  const skills = new SkillCollection(folder, report, identity.name);
  addPrompts(bundle, skills, report);
  const server = await convertServer(serverOf(bundle, platform), {
    plugin: identity.name,
    folder,
    options,
    promised: {},
    directory: '${plugin.root}',
    meaningOf: (text) => bundleMeaning(text, options),
  });
  reportRest(document.value, bundle, report);
  const plugins = assemble({
    file: bundleFile,
    identity,
    report,
    skills,
    servers: [server],
    configuration: configurationOf(written),
    network: hint.network,
  });
  return { format: 'mcp-bundle', plugins };
}

/** How it starts on this platform; without a command, as its type says. */
function serverOf(bundle: Bundle, platform: string): ForeignServer {
  const { type, entry_point: entry, mcp_config: general } = bundle.server;
  const own = general?.platform_overrides?.[platform];
  const inside = `\${__dirname}/${entry.replace(/^\.\//, '')}`;
  const usual = {
    node: { command: 'node', args: [inside] },
    python: { command: 'python3', args: [inside] },
    binary: { command: inside, args: [] as string[] },
    uv: { command: 'uv', args: ['run', '--directory', '${__dirname}', inside] },
  }[type];
  const command = own?.command ?? general?.command;
  return {
    name: bundle.name,
    part: `server (${type})`,
    command: command ?? usual.command,
    parameters: own?.args ?? general?.args ?? (command === undefined ? usual.args : []),
    environment: { ...general?.env, ...own?.env },
  };
}

function bundleMeaning(
  written: string,
  options: ReadonlyMap<string, ForeignOption>,
): Meaning | undefined {
  if (written === '__dirname') return { type: 'text', text: '${plugin.root}' };
  if (written === '/' || written === 'pathSeparator') return { type: 'text', text: '/' };
  if (['HOME', 'DESKTOP', 'DOCUMENTS', 'DOWNLOADS'].includes(written)) {
    const warning = `\${${written}} is the folder of its own data: the person's is not handed over`;
    return { type: 'text', text: '${plugin.data}', warning };
  }
  const key = /^user_config\.(\w+)$/.exec(written)?.[1];
  if (key === undefined) return undefined;
  if (options.has(key)) return { type: 'option', key };
  return { type: 'text', text: '', warning: `there is no option "${key}" in user_config` };
}

/** Prompts with a text become skills that a person calls by name. */
function addPrompts(bundle: Bundle, skills: SkillCollection, report: ImportReport): void {
  for (const { name, description, text } of bundle.prompts ?? []) {
    const part = `prompt ${name}`;
    if (text === undefined) {
      report.dropped(part, 'it has no text');
      continue;
    }
    const head = description === undefined ? { name } : { name, description };
    // A head of its own in the text would count, so the text is never the beginning of the file.
    skills.addProse({ kind: 'command', part, name, text: `\n${text}`, head });
  }
}

function reportRest(value: unknown, bundle: Bundle, report: ImportReport): void {
  for (const [key, reason] of Object.entries(droppedParts)) {
    if (isObject(value) && value[key] !== undefined) report.dropped(key, reason);
  }
  const tools = (bundle.tools ?? []).length;
  if (tools > 0) {
    report.dropped(`tools (${tools})`, 'they are listed by the server itself, with their effects');
  }
  for (const [runtime, range] of Object.entries(bundle.compatibility?.runtimes ?? {})) {
    report.warn(`it is for ${runtime} ${range}`);
  }
}
