// Owns the reading of Agent Plugins 1.0: `plugin.json`, `skills/`, `mcp.json`. Refuses what that
// specification tells a client to refuse, part by part; our rights come from our own extension.

import * as z from 'zod';
import {
  AgentError,
  isAgentError,
  permissions,
  resources,
  toolDeclaration,
} from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { checkDocument } from '../located-document.ts';
import type { LocatedDocument } from '../located-document.ts';
import { assemble } from './assembly.ts';
import type { Assembly } from './assembly.ts';
import { authorText, identityOf } from './identity.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { convertServer } from './mcp-server.ts';
import type { ConvertedServer, ForeignServer, ServerRules } from './mcp-server.ts';
import type { PluginFolder } from './plugin-folder.ts';
import type { ReadHint } from './read-hint.ts';
import { SkillCollection } from './skills.ts';

/** What the schemas of version 1 begin with. */
export const agentPluginSchemas = 'https://agent-plugins.org/schemas/';
const pluginSchema = `${agentPluginSchemas}1.0.0/plugin.schema.json`;
const mcpSchema = `${agentPluginSchemas}1.0.0/mcp.schema.json`;
const ownNamespaces = ['dev.opencomputer', 'org.opencomputer', 'com.opencomputer', 'opencomputer'];

const pluginFile = z.object({
  $schema: z.literal(pluginSchema, `this reads ${pluginSchema}`),
  name: z
    .string()
    .max(64)
    .regex(/^(?!.*(?:--|\.\.))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'a name such as my-plugin'),
  version: z.string().optional(),
  description: z.string().optional(),
  author: z
    .strictObject({
      name: z.string().optional(),
      email: z.string().optional(),
      url: z.string().optional(),
    })
    .optional(),
  homepage: z.string().optional(),
  repository: z.string().optional(),
  license: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  extensions: z.unknown().optional(),
});

const mcpFile = z.strictObject({
  $schema: z.literal(mcpSchema, `this reads ${mcpSchema}`),
  mcpServers: z.record(z.string(), z.unknown()),
});

const texts = z.record(z.string(), z.string());
const stdioServer = z.strictObject({
  type: z.literal('stdio'),
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: texts.optional(),
  cwd: z
    .string()
    .regex(/^(?:\.\/|\$\{PLUGIN_(?:ROOT|DATA)\}(?:\/|$))/, 'a path that begins with ./')
    .optional(),
});
const remoteServer = z.strictObject({
  type: z.enum(['streamable-http', 'sse']),
  url: z.string(),
  headers: texts.optional(),
});
const anyServer = z.discriminatedUnion('type', [stdioServer, remoteServer]);

const extension = z.strictObject({
  permissions: permissions.optional(),
  resources: resources.optional(),
  /** With their effects, where the server's own word is not to be relied on. */
  tools: z.array(toolDeclaration).max(200).optional(),
});

/** Reads such a plugin. Throws PLUGIN_MANIFEST with file and line. */
export async function readAgentPlugin(folder: PluginFolder, hint: ReadHint): Promise<ReadFolder> {
  const document = await folder.json('plugin.json');
  if (document === undefined) {
    throw new AgentError('PLUGIN_MANIFEST', { file: 'plugin.json', problem: 'it is missing' });
  }
  const report = new ImportReport();
  const written = checkDocument(document, pluginFile, 'the plugin');
  for (const key of Object.keys(isObject(document.value) ? document.value : {})) {
    if (Object.hasOwn(pluginFile.shape, key)) continue;
    report.warn(`plugin.json:${document.lineOf([key])}: unknown key "${key}" is ignored`);
  }
  const identity = identityOf(
    {
      name: written.name,
      version: written.version ?? hint.version,
      description: written.description,
      authors: authorText(written.author ?? {}),
      licence: written.license,
      homepage: written.homepage ?? written.repository,
    },
    report,
  );
  const skills = new SkillCollection(folder, report, identity.name);
  await skills.addAll('skills', 'described');
  const servers = await readServers(folder, identity.name, report);
  const plugins = assemble({
    file: 'plugin.json',
    identity,
    report,
    skills,
    servers,
    network: hint.network,
    extension: readExtension(document, report),
  });
  return { format: 'agent-plugin', plugins };
}

/** Our own part of `extensions`; the ones of other clients are named and left alone. */
function readExtension(
  document: LocatedDocument,
  report: ImportReport,
): NonNullable<Assembly['extension']> {
  const all = isObject(document.value) ? document.value['extensions'] : undefined;
  if (all === undefined) return {};
  if (!isObject(all)) {
    report.warn(`plugin.json:${document.lineOf(['extensions'])}: extensions is not an object`);
    return {};
  }
  const [own, ...more] = ownNamespaces.filter((name) => Object.hasOwn(all, name));
  for (const name of Object.keys(all)) {
    if (name === own) continue;
    const isOurs = more.includes(name);
    report.dropped(`extensions.${name}`, isOurs ? `${own} is read` : 'it is for another client');
  }
  if (own === undefined) return {};
  const parsed = extension.safeParse(all[own]);
  if (parsed.success) {
    report.kept(`extensions.${own}`, Object.keys(parsed.data).join(' and '));
    return withoutUndefined(parsed.data);
  }
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === 'symbol' ? '' : part));
  const key = ['extensions', own, ...path];
  throw document.refusal(key, `${key.join('.')}: ${issue?.message}`);
}

function withoutUndefined(found: z.infer<typeof extension>): NonNullable<Assembly['extension']> {
  return {
    ...(found.permissions === undefined ? {} : { permissions: found.permissions }),
    ...(found.resources === undefined ? {} : { resources: found.resources }),
    ...(found.tools === undefined ? {} : { provides: { tools: found.tools } }),
  };
}

/** `mcp.json`: a wrong file leaves the skills, a wrong server leaves the others. */
async function readServers(
  folder: PluginFolder,
  plugin: string,
  report: ImportReport,
): Promise<readonly ConvertedServer[]> {
  let written: Readonly<Record<string, unknown>>;
  try {
    const document = await folder.json('mcp.json');
    if (document === undefined) return [];
    written = checkDocument(document, mcpFile, 'mcp.json').mcpServers;
  } catch (error) {
    if (!isAgentError(error, 'PLUGIN_MANIFEST')) throw error;
    report.dropped('mcp.json', error.message);
    report.warn(`its MCP servers are not used: ${error.message}`);
    return [];
  }
  const rules = rulesOf(folder, plugin);
  const servers: ConvertedServer[] = [];
  for (const [name, entry] of Object.entries(written)) {
    servers.push(await readServer(name, entry, rules));
  }
  return servers;
}

async function readServer(
  name: string,
  entry: unknown,
  rules: ServerRules,
): Promise<ConvertedServer> {
  const server: ForeignServer = { name, part: `mcp.json: ${name}` };
  const parsed = anyServer.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { server, dropped: `${issue?.path.join('.') ?? ''}: ${issue?.message}` };
  }
  const { data } = parsed;
  if (data.type === 'sse') {
    return { server, dropped: 'the older transport over HTTP+SSE is not spoken' };
  }
  if (data.type === 'stdio') {
    const { command, args, env, cwd } = data;
    const reserved = Object.keys(env ?? {}).find((key) => /^PLUGIN_(?:ROOT|DATA)$/i.test(key));
    if (reserved !== undefined) return { server, dropped: `env.${reserved} is reserved` };
    if (command.includes('/') && !command.startsWith('./')) {
      return { server, dropped: 'its command is neither a name nor a path that begins with ./' };
    }
    return convertServer(
      { ...server, command, parameters: args, environment: env, directory: cwd },
      rules,
    );
  }
  const problem = addressProblem(data.url, Object.keys(data.headers ?? {}));
  if (problem !== undefined) return { server, dropped: problem };
  return convertServer(
    { ...server, url: data.url, headers: data.headers },
    { ...rules, meaningOf: () => undefined },
  );
}

function addressProblem(url: string, headers: readonly string[]): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) return `its address is not a URL: ${url}`;
  if (parsed.hash !== '') return 'its address has a fragment';
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(parsed.hostname);
  if (parsed.protocol === 'http:' && !isLoopback) return 'its address is not one of https';
  const names = headers.map((name) => name.toLowerCase());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? undefined : `the header "${twice}" is there twice`;
}

function rulesOf(folder: PluginFolder, plugin: string): ServerRules {
  return {
    plugin,
    folder,
    options: new Map(),
    directory: '${plugin.root}',
    promised: { PLUGIN_ROOT: '${plugin.root}', PLUGIN_DATA: '${plugin.data}' },
    meaningOf: (written) => {
      if (written === 'PLUGIN_ROOT') return { type: 'text', text: '${plugin.root}' };
      if (written === 'PLUGIN_DATA') return { type: 'text', text: '${plugin.data}' };
      return undefined;
    },
  };
}
