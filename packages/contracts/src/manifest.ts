// Owns the plugin manifest: everything about a plugin that can be known without running its code.
// Refuses a manifest that contradicts itself, such as a runtime without what it needs to start.

import * as z from 'zod';
import { intentDeclaration } from './intent-declaration.ts';
import { permissions, resources, secretRequirement, variableName } from './permissions.ts';
import { serviceDeclaration, serviceRequirement } from './service.ts';
import { toolDeclaration, toolName } from './tool.ts';

/** A path within the plugin's folder. */
const ownPath = z
  .string()
  .max(300)
  .regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\\]+$/, 'a path within the plugin, without ..');

const partName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and -');
const partDescription = z.string().min(1).max(300);

/**
 * How a plugin runs. `node` and `python`: its `entry`, an MCP server over stdio as the author kits
 * make it. `mcp`: any MCP server, by `command` over stdio or by `url`. `command`: one run of `command`
 * for each call, JSON in, JSON or text out. `http`: the operations of an `openapi` file at `url`.
 * `grpc`: `plugin.proto` at `url` or by `command`. `oci`: the `image`, an MCP server over stdio.
 * `wheel`: the Python package `entry` out of the wheels that the plugin brings. `wasm`: the WASI module
 * `entry`, run for each call like `command`. `builtin`: part of the agent. `none`: nothing runs; it
 * brings skills, prompts or workflows only.
 */
export const pluginRuntime = z.enum([
  'node',
  'python',
  'command',
  'mcp',
  'http',
  'grpc',
  'oci',
  'wheel',
  'wasm',
  'builtin',
  'none',
]);
export type PluginRuntime = z.infer<typeof pluginRuntime>;

/** A prompt that people can call by name; `{name}` in its text stands for an argument. */
export const promptDeclaration = z.strictObject({
  name: partName,
  description: partDescription,
  file: ownPath,
});

/** A way in and out for messages; `deliver` is the tool that sends one. */
export const channelDeclaration = z.strictObject({
  name: partName,
  description: partDescription,
  deliver: toolName,
});

/** A model backend; `generate` is the tool that answers a request in the form of the AI SDK, V4. */
export const providerDeclaration = z.strictObject({
  name: partName,
  description: partDescription,
  generate: toolName,
});

/** A memory backend: the three operations of the memory contract. */
export const memoryDeclaration = z.strictObject({
  name: partName,
  description: partDescription,
  remember: toolName,
  recall: toolName,
  forget: toolName,
});

const provides = z.strictObject({
  tools: z.array(toolDeclaration).max(200).default([]),
  intents: z.array(intentDeclaration).max(100).default([]),
  services: z.array(serviceDeclaration).max(20).default([]),
  /** Folders with a `SKILL.md` each. */
  skills: z.array(ownPath).max(100).default([]),
  prompts: z.array(promptDeclaration).max(100).default([]),
  channels: z.array(channelDeclaration).max(10).default([]),
  providers: z.array(providerDeclaration).max(10).default([]),
  memory: z.array(memoryDeclaration).max(1).default([]),
  /** Files of workflows. */
  workflows: z.array(ownPath).max(100).default([]),
});

/** A call that shows whether the plugin works; made when it is idle, and before it takes over. */
export const healthCheck = z.strictObject({
  /** A read tool that works with `arguments`. */
  tool: toolName,
  arguments: z.record(z.string(), z.json()).default({}),
  everyMs: z.int().min(1_000).max(86_400_000).default(60_000),
});

/** What of the plugin's storage goes into a backup, and what is erased with a person. */
const data = z.strictObject({
  /** Names of values in its storage; `*` is all of them. */
  backup: z.array(z.string().max(200)).max(100).default(['*']),
  erase: z.array(z.string().max(200)).max(100).default(['*']),
  /** A tool that erases what the plugin keeps about the person elsewhere. */
  eraseTool: toolName.optional(),
});

/**
 * A text that the host completes when it starts or reaches the plugin; nothing that it puts in is
 * looked at again, and `${…}` of any other form stays as it is.
 * `${plugin.root}`: the folder of its code, read-only. `${plugin.data}`: its own folder, which updates
 * keep. `${configuration.key}`: a value of its configuration. `${environment.NAME}` and
 * `${environment.NAME:-otherwise}`: the operator's value of a variable in `permissions.environment`.
 * `{{secret:name}}`, in `headers` only: put in on the way out, for the hosts of the secret only.
 */
const startText = z
  .string()
  .max(4_096)
  .regex(/^[^\0]*$/, 'a text without NUL');

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'the name of a header');

/** Where a program starts, in its own folders. */
const startDirectory = z
  .string()
  .max(300)
  .regex(
    /^\$\{plugin\.(?:root|data)\}(?:\/(?!\.\.(?:\/|$))[^/\\\0]+)*$/,
    '${plugin.root} or ${plugin.data}, or a folder within, without ..',
  );

const shape = z.object({
  name: partName,
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'a version such as 1.2.3'),
  /** Range of framework versions that it works with, such as `^0.1.0`. */
  framework_version: z.string().max(100),
  description: z.string().max(300),
  authors: z.array(z.string().max(200)).max(50).default([]),
  licence: z.string().max(100).optional(),
  homepage: z.url({ protocol: /^https$/, error: 'a URL that begins with https' }).optional(),
  runtime: pluginRuntime,
  /** The program of `node`, `python` and `wasm`; the module of `wheel`. */
  entry: ownPath.default('handler.js'),
  /**
   * The program and its arguments; a program with `/` in it is within the plugin. An argument whose
   * value of the configuration is absent is left out; a list in it becomes one argument for each.
   */
  command: z.array(z.string().min(1).max(4_096)).min(1).max(100).optional(),
  /** Variables that its program is started with; one whose value is absent is not set. */
  environment: z.record(variableName, startText).optional(),
  /** Where its program starts; absent: `${plugin.data}`. */
  directory: startDirectory.optional(),
  url: z.url({ protocol: /^https?$/, error: 'a URL that begins with http or https' }).optional(),
  /** Headers of each request to `url`; one whose value is absent is not sent. */
  headers: z.record(headerName, startText.regex(/^[^\r\n]*$/, 'one line')).optional(),
  /** The description of an `http` plugin's operations. */
  openapi: ownPath.optional(),
  image: z
    .string()
    .regex(/^[\w.:/-]+@sha256:[0-9a-f]{64}$/, 'an image with its digest: name@sha256:…')
    .optional(),
  provides: provides.prefault({}),
  requires: z
    .strictObject({
      services: z.array(serviceRequirement).max(20).default([]),
      secrets: z.array(secretRequirement).max(20).default([]),
    })
    .prefault({}),
  permissions: permissions.prefault({}),
  resources: resources.prefault({}),
  health: healthCheck.optional(),
  data: data.prefault({}),
  /** JSON Schema of the plugin's own configuration, an object. */
  configuration: z.record(z.string(), z.json()).optional(),
  /** Words by which a person names this plugin, such as "work calendar". */
  aliases: z.array(z.string().max(60)).max(20).default([]),
});

/**
 * The manifest of a plugin (`manifest.yaml` or `manifest.json`).
 * Must be readable without running any code. Must name everything the plugin provides and may touch.
 * An unknown key is warned of with the nearest known one; a wrong value refuses the plugin.
 */
export const manifest: typeof shape = shape.check(({ value, issues }) => {
  for (const { path, message } of contradictions(value)) {
    issues.push({ code: 'custom', path: [...path], input: value, message });
  }
});
export type Manifest = z.infer<typeof shape>;

interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What each runtime cannot start without. */
const needs: Readonly<Partial<Record<PluginRuntime, readonly (keyof Manifest)[]>>> = {
  command: ['command'],
  mcp: ['command', 'url'],
  http: ['url'],
  grpc: ['command', 'url'],
  oci: ['image'],
};

function contradictions(value: Manifest): readonly Contradiction[] {
  return [
    ...runtimeProblems(value),
    ...toolProblems(value),
    ...secretProblems(value),
    ...placeholderProblems(value),
  ];
}

function runtimeProblems(value: Manifest): readonly Contradiction[] {
  const { runtime } = value;
  const needed = needs[runtime] ?? [];
  const given = needed.filter((key) => value[key] !== undefined);
  const wanted = needed.join(' or ');
  if (runtime === 'none' && value.provides.tools.length > 0) {
    return [{ path: ['provides', 'tools'], message: 'runtime none has nothing that runs a tool' }];
  }
  if (needed.length > 0 && given.length !== 1) {
    return [{ path: [needed[0] ?? 'runtime'], message: `runtime ${runtime} needs ${wanted}` }];
  }
  if (runtime !== 'http' || value.openapi !== undefined) return [];
  return [{ path: ['openapi'], message: 'runtime http needs openapi, a file in the plugin' }];
}

/** Tools that are named somewhere must be declared, except where a server lists its own. */
function toolProblems({ provides: given, runtime, health }: Manifest): readonly Contradiction[] {
  const problems: Contradiction[] = [];
  const byName = new Map(given.tools.map((tool) => [tool.name, tool]));
  const isListed = ['mcp', 'http', 'grpc', 'oci'].includes(runtime) && given.tools.length === 0;
  const check = (name: string, path: readonly (string | number)[]): void => {
    if (isListed || byName.has(name)) return;
    problems.push({ path, message: `there is no tool "${name}" in provides.tools` });
  };
  for (const [at, intent] of given.intents.entries()) {
    check(intent.tool, ['provides', 'intents', at, 'tool']);
  }
  for (const [at, service] of given.services.entries()) {
    for (const [operation, tool] of Object.entries(service.operations)) {
      check(tool, ['provides', 'services', at, 'operations', operation]);
    }
  }
  if (health !== undefined) check(health.tool, ['health', 'tool']);
  for (const [at, tool] of given.tools.entries()) {
    const path = ['provides', 'tools', at];
    if (tool.fallback === tool.name) {
      problems.push({ path: [...path, 'fallback'], message: 'a tool of another plugin' });
    }
    if (tool.cacheMs !== undefined && tool.effect !== 'read') {
      problems.push({ path: [...path, 'cacheMs'], message: 'only a read tool may be cached' });
    }
  }
  return problems;
}

function secretProblems({ requires, permissions: asked }: Manifest): readonly Contradiction[] {
  return requires.secrets.flatMap(({ hosts }, at) =>
    hosts
      .filter((host) => !asked.network.includes(host))
      .map((host) => ({
        path: ['requires', 'secrets', at, 'hosts'],
        message: `"${host}" is not in permissions.network`,
      })),
  );
}

/** What a text is completed with must be declared, so that consent covers it. */
function placeholderProblems(value: Manifest): readonly Contradiction[] {
  const properties = value.configuration?.['properties'];
  const options = typeof properties === 'object' && properties !== null ? properties : {};
  const secrets = value.requires.secrets.map(({ name }) => name);
  return startTexts(value).flatMap(({ path, text }) => {
    const messages: string[] = [];
    for (const [, kind, name = ''] of text.matchAll(/\$\{(environment|configuration)\.(\w+)/g)) {
      if (kind === 'environment' && !value.permissions.environment.includes(name))
        messages.push(`"${name}" is not in permissions.environment`);
      if (kind === 'configuration' && !Object.hasOwn(options, name))
        messages.push(`"${name}" is not in configuration.properties`);
    }
    for (const [, name = ''] of text.matchAll(/\{\{secret:([^{}]*)\}\}/g)) {
      if (path[0] !== 'headers') messages.push('a secret can be in headers only');
      else if (!secrets.includes(name)) messages.push(`"${name}" is not in requires.secrets`);
    }
    return messages.map((message) => ({ path, message }));
  });
}

interface StartText {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** All texts of a manifest that the host completes. */
function startTexts(value: Manifest): readonly StartText[] {
  const { command = [], environment = {}, headers = {}, url = '' } = value;
  return [
    ...command.map((text, at) => ({ path: ['command', at], text })),
    ...Object.entries(environment).map(([name, text]) => ({ path: ['environment', name], text })),
    ...Object.entries(headers).map(([name, text]) => ({ path: ['headers', name], text })),
    { path: ['url'], text: url },
  ];
}
