// Owns the configuration: every key of `config.yaml`, its bounds and its default. Refuses to read
// files; error texts say what was expected, so that a reader can put the line in front of them.

import * as z from 'zod';

const expected = (text: string): { error: string } => ({ error: text });

const whole = (least: number, most: number): z.ZodInt => {
  const error = expected(`a whole number from ${least} to ${most}`);
  return z.int(error).min(least, error).max(most, error);
};

const positive = (most: number): z.ZodNumber => {
  const error = expected(`a number from 0 to ${most}`);
  return z.number(error).min(0, error).max(most, error);
};

const text = (most: number): z.ZodString => {
  const error = expected(`a text of 1 to ${most} characters`);
  return z.string(error).min(1, error).max(most, error);
};

const texts = (most: number): z.ZodArray<z.ZodString> => {
  const error = expected(`a list of at most ${most} texts`);
  return z.array(text(4_096), error).max(most, error);
};

const addressExpected = 'a URL that begins with http or https';
const address = z.url({ protocol: /^https?$/, ...expected(addressExpected) });

const fileExpected = 'a URL that begins with file: and names a GGUF file';
const addressOrFile = z.url({ protocol: /^(?:https?|file)$/, ...expected(addressExpected) });

/** A package of the npm registry, with its scope. */
const packageName = z
  .string()
  .regex(/^(?:@[a-z0-9~-][a-z0-9._~-]{0,99}\/)?[a-z0-9~-][a-z0-9._~-]{0,99}$/);

const variableExpected = expected('the name of an environment variable');
const variableName = z
  .string(variableExpected)
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, variableExpected);

const flag = z.boolean(expected('true or false'));

/** A model that can answer. The first that works does; the others are fallbacks, in order. */
export const modelConfiguration = z
  .object({
    /** `llama`: a GGUF file in this process. `package:NAME`: a provider of the AI SDK, version 4. */
    provider: z.union(
      [
        z.enum(['openai', 'anthropic', 'google', 'openai-compatible', 'llama']),
        z.templateLiteral(['package:', packageName]),
      ],
      expected('openai, anthropic, google, openai-compatible, llama or package:NAME'),
    ),
    /** The provider's own name of the model. */
    model: text(200),
    /**
     * Absent: the provider's public address; for `openai-compatible`, Ollama's on this machine. For
     * `llama` the file, as `file:///home/ada/models/small.gguf`.
     */
    url: addressOrFile.optional(),
    /** Name of the environment variable that holds the key; absent: the provider's usual one. */
    keyVariable: variableName.optional(),
    /** The key itself, where no environment variable can be set. The file is readable by its owner only. */
    key: text(1_000).optional(),
    /** The protocol that an OpenAI server speaks. */
    wire: z.enum(['chat', 'responses'], expected('chat or responses')).optional(),
    /** The window; absent: what the server or the published table says. */
    contextTokens: whole(1_000, 100_000_000).optional(),
    /** Tokens of one answer, reasoning included, at most; absent: 4,096. */
    outputTokensMax: whole(1, 10_000_000).optional(),
    /** United States dollars for a million tokens. */
    price: z
      .object(
        {
          input: positive(100_000),
          output: positive(100_000),
          cached: positive(100_000).optional(),
        },
        expected('input and output, each a number of dollars'),
      )
      .optional(),
  })
  .check(({ value, issues }) => {
    const { provider, url } = value;
    const isFile = url?.startsWith('file:') === true;
    if (isFile === (provider === 'llama')) return;
    const message = isFile ? addressExpected : fileExpected;
    issues.push({ code: 'custom', path: ['url'], input: url, message });
  });
export type ModelConfiguration = z.infer<typeof modelConfiguration>;

/** A plugin by its name: an official one to switch, or an MCP server to add. */
export const pluginConfiguration = z.object({
  enabled: flag.default(true),
  /** A third party's server may run outside a sandbox only when this is true. */
  trust: flag.default(false),
  /** The program of an MCP server that speaks over stdio. */
  command: text(4_096).optional(),
  arguments: texts(100).default([]),
  environment: z
    .record(z.string(), z.string(expected('a text')), expected('names with a text each'))
    .default({}),
  /** The address of an MCP server that speaks HTTP. */
  url: address.optional(),
  /** Of an installed plugin: values for what its manifest says can be configured. */
  settings: z.record(z.string(), z.json()).optional(),
  /** Of an installed plugin: local services, as `address:port`, that it may reach. */
  localHosts: texts(20).optional(),
});
export type PluginConfiguration = z.infer<typeof pluginConfiguration>;

const backupExpected = expected('a number of hours or days, such as 12h or 1d');

const section = expected('a section with keys');

/** Where replies and reminders are also sent, by HTTP POST, signed. */
export const webhookConfiguration = z
  .object(
    {
      url: address,
      /** `notices`: what the agent says by itself, such as reminders; `all`: each reply too. */
      sends: z.enum(['notices', 'all'], expected('notices or all')).default('notices'),
      /** Name of the environment variable that holds the secret of the signature. */
      secretVariable: variableName.optional(),
      /** The secret itself, where no environment variable can be set. */
      secret: text(1_000).optional(),
    },
    section,
  )
  .check(({ value, issues }) => {
    if ((value.secret === undefined) !== (value.secretVariable === undefined)) return;
    const message = 'secretVariable or secret, one of them';
    issues.push({ code: 'custom', path: [], input: undefined, message });
  });

const registryUrlExpected = 'an address that begins with https: or oci:';
const publicKeyExpected = 'a list of public keys, each ed25519: and 43 characters';

/** A registry of plugins, and whose keys its first root is signed with. */
export const registryConfiguration = z.object(
  {
    /** `https://…`, or `oci:host/repository:tag`; `http` for this machine only. */
    url: z
      .string(expected(registryUrlExpected))
      .max(1_000, expected(registryUrlExpected))
      .regex(/^(?:https?:\/\/|oci:)\S+$/, expected(registryUrlExpected)),
    keys: z
      .array(
        z.string().regex(/^ed25519:[A-Za-z0-9_-]{43}$/, expected(publicKeyExpected)),
        expected(publicKeyExpected),
      )
      .min(1, expected(publicKeyExpected))
      .max(20, expected(publicKeyExpected)),
    /** How many of these keys must have signed. */
    threshold: whole(1, 20).default(1),
    /** Version of the root that they signed. */
    root: whole(1, 1_000_000).default(1),
  },
  section,
);

/** Holds help and the tool search, without which a model reaches no more than the always-on tools. */
const assistantPlugin = 'assistant';

/** A tool of one plugin, as a question about it names it. */
const pluginToolExpected = expected('a plugin and its tool, such as shell/shell_run');
const allowedExpected = expected('a list of at most 200 tools, each as plugin/tool');
const pluginTool = z
  .string(pluginToolExpected)
  .regex(/^[a-z][a-z0-9-]{0,63}\/[a-z][a-z0-9_]{0,62}$/, pluginToolExpected);

/**
 * The whole configuration. Every key may be absent. A wrong value is `CONFIG_INVALID`; an unknown
 * key is warned of with the nearest known one and never stops a start.
 */
export const configuration = z.object(
  {
    /** In the order of preference; models found in the environment come after them. */
    models: z.array(modelConfiguration, expected('a list of models')).max(50).default([]),
    /** Bounds of one turn. */
    budget: z
      .object(
        {
          steps: whole(1, 1_000).default(25),
          tokens: whole(1_000, 100_000_000).default(200_000),
          seconds: whole(1, 86_400).default(600),
          /** United States dollars. */
          money: positive(10_000).default(1),
        },
        section,
      )
      .prefault({}),
    /** `off`: with a model, every message goes to the model. */
    fastPath: z.enum(['on', 'off'], expected('on or off')).default('on'),
    /** Folders that plugins may read, beside the one in which a command is typed. `~` is home. */
    folders: texts(100).default([]),
    plugins: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, expected('a plugin name in lower case')),
        z.object(pluginConfiguration.shape, section),
        section,
      )
      .check(({ value, issues }) => {
        if (value[assistantPlugin]?.enabled !== false) return;
        const path = [assistantPlugin, 'enabled'];
        const message = 'true: help and the search for tools cannot be switched off';
        issues.push({ code: 'custom', path, input: false, message });
      })
      .default({}),
    /** Where names of plugins are looked up, in this order. */
    registries: z
      .array(registryConfiguration, expected('a list of at most 20 registries'))
      .max(20, expected('a list of at most 20 registries'))
      .default([]),
    policy: z
      .object(
        {
          /** Tools that may run without a question, each as `plugin/tool`. */
          allow: z.array(pluginTool, allowedExpected).max(200, allowedExpected).default([]),
        },
        section,
      )
      .prefault({}),
    /** Ways out beside the terminal and the port. */
    channels: z.object({ webhook: webhookConfiguration.optional() }, section).prefault({}),
    /** Scheduled backups; set up by `agent backup schedule`. */
    backup: z
      .object(
        {
          /** Absent: none. */
          every: z
            .string(backupExpected)
            .regex(/^[1-9]\d{0,3}[hd]$/, backupExpected)
            .optional(),
          /** Backups that are kept. */
          keep: whole(1, 1_000).default(7),
          /** Absent: the folder `backups` of the data directory. */
          directory: text(4_096).optional(),
        },
        section,
      )
      .prefault({}),
    person: z
      .object(
        {
          name: text(100).optional(),
          /** IANA zone, such as `Europe/Berlin`; absent: the machine's. */
          timeZone: z
            .string()
            .refine(isTimeZone, expected('a time zone such as Europe/Berlin'))
            .optional(),
        },
        section,
      )
      .prefault({}),
  },
  section,
);
export type Configuration = z.infer<typeof configuration>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
