// Owns the MCP servers of a Claude Code plugin: `.mcp.json` and `mcpServers`. Refuses programs that
// make headers, bundles within a plugin, and transports that are not spoken.

import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import type { ClaudeDefinition } from './claude-definition.ts';
import type { ImportReport } from './imported-plugin.ts';
import { convertServer } from './mcp-server.ts';
import type { ConvertedServer, ForeignServer, ServerRules } from './mcp-server.ts';
import { pathWithin } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { shellVariable } from './start-texts.ts';
import type { ForeignOption, Meaning } from './start-texts.ts';

/** Names a program that prints headers. */
const headersProgram = 'headersHelper';

const texts = z.record(z.string(), z.string());
const serverEntry = z.looseObject({
  type: z.enum(['stdio', 'sse', 'http', 'streamable-http', 'ws']).optional(),
  command: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  env: texts.optional(),
  cwd: z.string().optional(),
  url: z.string().optional(),
  headers: texts.optional(),
  [headersProgram]: z.unknown().optional(),
  oauth: z.unknown().optional(),
});
const knownKeys = new Set([...Object.keys(serverEntry.shape), 'timeout', 'alwaysLoad']);

/** Servers of a file or of a manifest, by name, each with where it is written. */
type WrittenServers = Map<string, { readonly part: string; readonly entry: unknown }>;

/** What reading the servers needs. */
export interface ClaudeServerOptions {
  readonly folder: PluginFolder;
  readonly plugin: string;
  readonly options: ReadonlyMap<string, ForeignOption>;
  readonly report: ImportReport;
}

/** Reads all servers; a later one of the same name takes the place of an earlier one. */
export async function readClaudeServers(
  definition: ClaudeDefinition,
  options: ClaudeServerOptions,
): Promise<readonly ConvertedServer[]> {
  const written: WrittenServers = new Map();
  await addFile('.mcp.json', written, options);
  const { mcpServers } = definition;
  for (const part of Array.isArray(mcpServers) ? mcpServers : [mcpServers]) {
    if (typeof part === 'string') await addPath(part, written, options);
    else if (part !== undefined) addServers(part, 'plugin.json', { written, ...options });
  }
  const rules = rulesOf(options);
  const servers: ConvertedServer[] = [];
  for (const [name, { part, entry }] of written) {
    servers.push(await readServer({ name, part }, entry, { rules, report: options.report }));
  }
  return servers;
}

async function addPath(
  path: string,
  written: WrittenServers,
  options: ClaudeServerOptions,
): Promise<void> {
  if (/\.(?:mcpb|dxt)$/i.test(path)) {
    options.report.dropped(path, 'a bundle within a plugin is not unpacked: add it by itself');
    return;
  }
  const inside = pathWithin(path);
  if (inside === undefined) {
    const problem = `mcpServers: "${path}" is not a path within the plugin`;
    throw new AgentError('PLUGIN_MANIFEST', { file: '.claude-plugin/plugin.json', problem });
  }
  const isThere = await addFile(inside, written, options);
  if (!isThere) options.report.dropped(path, 'there is no such file');
}

async function addFile(
  file: string,
  written: WrittenServers,
  { folder, report }: ClaudeServerOptions,
): Promise<boolean> {
  const document = await folder.json(file);
  if (document === undefined) return false;
  const { value } = document;
  if (!isObject(value)) throw document.refusal([], 'an object of MCP servers was expected');
  const inner = value['mcpServers'];
  if (inner !== undefined && !isObject(inner)) {
    throw document.refusal(['mcpServers'], 'mcpServers: an object was expected');
  }
  addServers(inner ?? value, file, { written, report });
  return true;
}

function addServers(
  servers: JsonObject,
  file: string,
  { written, report }: { readonly written: WrittenServers; readonly report: ImportReport },
): void {
  for (const [name, entry] of Object.entries(servers)) {
    if (name === '$schema') continue;
    const earlier = written.get(name);
    if (earlier !== undefined) {
      report.dropped(earlier.part, `${file} has a server of this name, which counts`);
    }
    written.set(name, { part: `${file}: ${name}`, entry });
  }
}

async function readServer(
  server: ForeignServer,
  entry: unknown,
  { rules, report }: { readonly rules: ServerRules; readonly report: ImportReport },
): Promise<ConvertedServer> {
  const { part } = server;
  const parsed = serverEntry.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { server, dropped: `${issue?.path.join('.')}: ${issue?.message}` };
  }
  const { type = parsed.data.url === undefined ? 'stdio' : 'http', ...data } = parsed.data;
  for (const key of Object.keys(parsed.data)) {
    if (!knownKeys.has(key)) report.warn(`${part}: unknown key "${key}" is ignored`);
  }
  if (type === 'ws') return { server, dropped: 'the transport over WebSocket is not spoken' };
  if (type === 'stdio') {
    const { command, args: parameters, env: environment, cwd: directory } = data;
    return convertServer({ ...server, command, parameters, environment, directory }, rules);
  }
  if (data[headersProgram] !== undefined) {
    const reason = 'a program that makes headers is not run: set the header by a secret instead';
    report.dropped(`${part}: ${headersProgram}`, reason);
    report.warn(`${part}: ${reason}`);
  }
  if (data.oauth !== undefined) {
    report.dropped(`${part}: oauth`, 'how to sign in is found out from the server itself');
  }
  const found = await convertServer({ ...server, url: data.url, headers: data.headers }, rules);
  if (type !== 'sse' || 'dropped' in found) return found;
  const note = 'it names the older transport HTTP+SSE; it is reached by Streamable HTTP';
  return { ...found, notes: [...found.notes, note] };
}

function rulesOf({ folder, plugin, options }: ClaudeServerOptions): ServerRules {
  const keys = [...options.keys()];
  return {
    plugin,
    folder,
    options,
    promised: {
      CLAUDE_PLUGIN_ROOT: '${plugin.root}',
      CLAUDE_PLUGIN_DATA: '${plugin.data}',
      ...Object.fromEntries(
        keys.map((key) => [`CLAUDE_PLUGIN_OPTION_${key}`, `\${user_config.${key}}`]),
      ),
    },
    meaningOf: (written) => claudeMeaning(written, options),
  };
}

/** What a placeholder of Claude Code stands for. */
export function claudeMeaning(
  written: string,
  options: ReadonlyMap<string, ForeignOption>,
): Meaning | undefined {
  if (written === 'CLAUDE_PLUGIN_ROOT') return { type: 'text', text: '${plugin.root}' };
  if (written === 'CLAUDE_PLUGIN_DATA') return { type: 'text', text: '${plugin.data}' };
  if (written === 'CLAUDE_PROJECT_DIR') {
    const warning = 'there is no project folder here: it gets the folder of its own data';
    return { type: 'text', text: '${plugin.data}', warning };
  }
  const key = /^user_config\.(\w+)$/.exec(written)?.[1];
  if (key === undefined) return shellVariable(written);
  if (options.has(key)) return { type: 'option', key };
  return { type: 'text', text: '', warning: `there is no option "${key}" in userConfig` };
}
