// Owns the reading of an MCP `server.json`: which of its packages or addresses is used and how it
// starts. Refuses packages whose bytes it does not pin or that must be fetched before they are known.

import * as z from 'zod';
import { AgentError } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { checkDocument } from '../located-document.ts';
import { assemble } from './assembly.ts';
import { identityOf } from './identity.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { convertServer } from './mcp-server.ts';
import type { ConvertedServer, ForeignServer } from './mcp-server.ts';
import type { PluginFolder } from './plugin-folder.ts';
import type { ReadHint } from './read-hint.ts';
import { ServerInputs, argumentInput, keyValueInput } from './server-inputs.ts';
import type { ArgumentInput } from './server-inputs.ts';

export const serverFile = 'server.json';

const exactVersion = z
  .string()
  .regex(/^(?!latest$)[0-9A-Za-z][0-9A-Za-z.+_!-]*$/, 'one exact version')
  .refine((text) => !/(?:^|\.)[x*](?:\.|$)/i.test(text), 'one exact version');

const remote = z.object({
  type: z.enum(['streamable-http', 'sse']),
  url: z.string(),
  headers: z.array(keyValueInput).optional(),
  variables: z.record(z.string(), z.looseObject({ default: z.string().optional() })).optional(),
});

const packageForm = z.object({
  registryType: z.string(),
  registryBaseUrl: z.string().optional(),
  identifier: z.string().min(1),
  version: exactVersion.optional(),
  fileSha256: z
    .string()
    .regex(/^[a-f0-9]{64}$/, '64 hexadecimal digits')
    .optional(),
  runtimeHint: z.string().optional(),
  transport: z.looseObject({ type: z.string() }).optional(),
  runtimeArguments: z.array(argumentInput).optional(),
  packageArguments: z.array(argumentInput).optional(),
  environmentVariables: z.array(keyValueInput).optional(),
});
type ServerPackage = z.infer<typeof packageForm>;

const serverForm = z.object({
  name: z.string().regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/, 'a name such as org.example/weather'),
  title: z.string().optional(),
  description: z.string().min(1),
  version: exactVersion,
  websiteUrl: z.string().optional(),
  repository: z.looseObject({ url: z.string().optional() }).optional(),
  packages: z.array(packageForm).max(50).optional(),
  remotes: z.array(remote).max(50).optional(),
});

/** Registries whose packages a runner starts, the first choice first. */
const runners: Readonly<Record<string, (name: string, version: string) => readonly string[]>> = {
  npm: (name, version) => ['npx', '-y', `${name}@${version}`],
  pypi: (name, version) => ['uvx', `${name}@${version}`],
  nuget: (name, version) => ['dnx', `${name}@${version}`, '--yes', '--'],
};

/** True for a `server.json` of this format. */
export async function isServerDescription(folder: PluginFolder): Promise<boolean> {
  if (!(await folder.isFile(serverFile))) return false;
  const value = (await folder.json(serverFile))?.value;
  if (!isObject(value) || typeof value['name'] !== 'string') return false;
  const schema = value['$schema'];
  const isNamed = typeof schema === 'string' && schema.includes('modelcontextprotocol.io/schemas/');
  return isNamed || isList(value['packages']) || isList(value['remotes']);
}

/** Reads such a description. Throws PLUGIN_MANIFEST with file and line. */
export async function readServerDescription(
  folder: PluginFolder,
  hint: ReadHint,
): Promise<ReadFolder> {
  const found = await folder.json(serverFile);
  if (found === undefined) {
    throw new AgentError('PLUGIN_MANIFEST', { file: serverFile, problem: 'it is missing' });
  }
  const document = { ...found, value: inCamelCase(found.value) };
  const written = checkDocument(document, serverForm, 'the server');
  const report = new ImportReport();
  const own = written.name.split('/')[1] ?? written.name;
  const identity = identityOf(
    {
      name: hint.name ?? own,
      version: written.version,
      description: written.description,
      homepage: written.websiteUrl ?? written.repository?.url,
    },
    report,
  );
  const chosen = choose(written.packages ?? [], written.remotes ?? [], report);
  if (chosen === undefined) {
    const dropped = report.parts.map(({ part, reason }) => `${part}: ${reason}`).join('; ');
    throw document.refusal([], dropped === '' ? 'it has no package and no address' : dropped);
  }
  const inputs = new ServerInputs();
  const server = await chosen(inputs, {
    plugin: identity.name ?? own,
    folder,
    options: inputs.options,
    promised: {},
    meaningOf: (text) => inputs.meaningOf(text),
  });
  const { configuration } = inputs;
  const { network } = hint;
  const plugins = assemble({
    file: serverFile,
    identity,
    report,
    servers: [server],
    configuration,
    network,
  });
  return { format: 'mcp-server', plugins };
}

type Choice = (
  inputs: ServerInputs,
  rules: Parameters<typeof convertServer>[1],
) => Promise<ConvertedServer>;

/** The first package that a sandbox can start, else the first address; the others are reported. */
function choose(
  packages: readonly ServerPackage[],
  remotes: readonly z.infer<typeof remote>[],
  report: ImportReport,
): Choice | undefined {
  let choice: Choice | undefined;
  for (const type of [...Object.keys(runners), undefined]) {
    for (const found of packages) {
      const isKnown = Object.hasOwn(runners, found.registryType);
      if (type === undefined ? isKnown : found.registryType !== type) continue;
      const part = `package ${found.registryType} ${found.identifier}`;
      const problem = packageProblem(found);
      if (problem !== undefined) report.dropped(part, problem);
      else if (choice !== undefined) report.dropped(part, 'another way to the same server');
      else choice = (inputs, rules) => convertServer(packageServer(found, part, inputs), rules);
    }
  }
  for (const found of remotes) {
    const part = `address ${found.url}`;
    if (found.type === 'sse') report.dropped(part, 'the older transport HTTP+SSE is not spoken');
    else if (choice !== undefined) report.dropped(part, 'another way to the same server');
    else choice = (inputs, rules) => convertServer(remoteServer(found, part, inputs), rules);
  }
  return choice;
}

function packageProblem(found: ServerPackage): string | undefined {
  const { registryType, identifier, version, transport } = found;
  if (registryType === 'oci') return 'add the image itself, which is then pinned by its digest';
  if (registryType === 'mcpb') return `add the bundle itself: ${identifier}`;
  if (!Object.hasOwn(runners, registryType)) return `packages of ${registryType} are not known`;
  if (version === undefined) return 'it has no version';
  if (!/^(?:@[\w.-]+\/)?[A-Za-z0-9_][\w.-]*$/.test(identifier)) return 'it is no package name';
  const type = transport?.type ?? 'stdio';
  return type === 'stdio' ? undefined : `a package that is spoken to over ${type} is not started`;
}

function packageServer(found: ServerPackage, part: string, inputs: ServerInputs): ForeignServer {
  const { registryType, identifier, version = '' } = found;
  const command = runners[registryType]?.(identifier, version) ?? [];
  const [program = '', ...parameters] = command;
  const variables = (found.environmentVariables ?? []).flatMap((variable) => {
    const text = inputs.text(variable, variable.name);
    return text === undefined ? [] : [[variable.name, text] as const];
  });
  const before = parametersOf(found.runtimeArguments ?? [], inputs).filter(
    (parameter) => parameter !== '-y' && parameter !== '--yes',
  );
  const given = parametersOf(found.packageArguments ?? [], inputs);
  return {
    name: identifier,
    part,
    command: program,
    parameters: [...before, ...parameters, ...given],
    environment: Object.fromEntries(variables),
  };
}

/** Arguments as they are written on a command line. */
function parametersOf(written: readonly ArgumentInput[], inputs: ServerInputs): readonly string[] {
  return written.flatMap((argument, at) => {
    if (argument.type === 'positional') {
      const text = inputs.text(argument, argument.valueHint ?? `argument_${at + 1}`);
      return text === undefined ? [] : [text];
    }
    const text = inputs.text(argument, argument.name);
    if (text === undefined) return [argument.name];
    // A flag whose value may be absent is one argument, so that it is left out as a whole.
    const isSure = argument.value !== undefined || argument.isRequired === true;
    return isSure ? [argument.name, text] : [`${argument.name}=${text}`];
  });
}

function remoteServer(
  found: z.infer<typeof remote>,
  part: string,
  inputs: ServerInputs,
): ForeignServer {
  const headers = (found.headers ?? []).flatMap((header) => {
    const text = inputs.text(header, header.name);
    return text === undefined ? [] : [[header.name, text] as const];
  });
  const url = inputs.text({ value: found.url, variables: found.variables }, 'url') ?? found.url;
  return { name: part, part, url, headers: Object.fromEntries(headers) };
}

/** The first version of the format wrote its keys with `_`. */
function inCamelCase(value: unknown, depth = 0): unknown {
  if (depth > 12) return value;
  if (isList(value)) return value.map((entry) => inCamelCase(entry, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (key === '_meta' || key === 'variables') return [key, entry];
      const camel = key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      return [camel, inCamelCase(entry, depth + 1)];
    }),
  );
}
