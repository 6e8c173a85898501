// Owns which models are configured: from the settings, else from the variables that every other
// tool uses. Refuses to read the process's environment and the network: it is given a record.

import type { ModelTarget } from './backend.ts';
import { defaultModels } from './catalogue.ts';

/** Variables by name, as the composition root read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One entry of `models` in the configuration; the order is the order of fallback. */
export interface ModelSetting {
  readonly provider: string;
  readonly model?: string;
  readonly baseUrl?: string;
  /** Name of the variable that holds the key. */
  readonly keyEnvironment?: string;
  readonly contextTokens?: number;
}

/** The variable that holds the key of a provider when the setting names none. */
const keyNames: Readonly<Record<string, readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  'openai-chat': ['OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  google: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY'],
};

/** Local servers: Ollama, LM Studio, llama.cpp, vLLM. Asked only when nothing is configured. */
export const localAddresses: readonly string[] = [
  'http://127.0.0.1:11434/v1',
  'http://127.0.0.1:1234/v1',
  'http://127.0.0.1:8080/v1',
  'http://127.0.0.1:8000/v1',
];

/** Models in the order of fallback; settings, when there are any, replace what is found. */
export function discoverTargets(
  environment: Environment,
  settings: readonly ModelSetting[] = [],
): ModelTarget[] {
  if (settings.length > 0) return settings.map((setting) => fromSetting(environment, setting));
  return [fromOpenAi(environment), fromAnthropic(environment), fromGoogle(environment)].filter(
    (found) => found !== undefined,
  );
}

function fromSetting(environment: Environment, setting: ModelSetting): ModelTarget {
  const { provider, baseUrl, keyEnvironment, contextTokens } = setting;
  const names = keyEnvironment === undefined ? (keyNames[provider] ?? []) : [keyEnvironment];
  return toTarget(provider, {
    model: setting.model ?? defaultModels[provider],
    baseUrl: baseUrl === undefined ? undefined : normalise(baseUrl, provider === 'anthropic'),
    // A key found by itself goes to the provider's own address only.
    key:
      keyEnvironment === undefined && baseUrl !== undefined ? undefined : first(environment, names),
    contextTokens,
  });
}

/** An address of their own means a server that is compatible; it may want no key. */
function fromOpenAi(environment: Environment): ModelTarget | undefined {
  const key = value(environment, 'OPENAI_API_KEY');
  const address = value(environment, 'OPENAI_BASE_URL');
  const model = value(environment, 'OPENAI_MODEL');
  if (address !== undefined && !/^https:\/\/api\.openai\.com(?:\/|$)/.test(address)) {
    return toTarget('openai-compatible', { model, baseUrl: normalise(address, false), key });
  }
  if (key === undefined) return undefined;
  return toTarget('openai', { model: model ?? defaultModels['openai'], key });
}

function fromAnthropic(environment: Environment): ModelTarget | undefined {
  const key = value(environment, 'ANTHROPIC_API_KEY');
  const address = value(environment, 'ANTHROPIC_BASE_URL');
  if (key === undefined && address === undefined) return undefined;
  return toTarget('anthropic', {
    model: value(environment, 'ANTHROPIC_MODEL') ?? defaultModels['anthropic'],
    baseUrl: address === undefined ? undefined : normalise(address, true),
    key,
  });
}

function fromGoogle(environment: Environment): ModelTarget | undefined {
  const key = first(environment, keyNames['google'] ?? []);
  if (key === undefined) return undefined;
  return toTarget('google', {
    model: value(environment, 'GEMINI_MODEL') ?? defaultModels['google'],
    baseUrl: value(environment, 'GOOGLE_GENERATIVE_AI_BASE_URL')?.replace(/\/+$/, ''),
    key,
  });
}

/**
 * An address as the packages want it: with the version, without a slash at the end. Anthropic's own
 * clients are given the address without its version, OpenAI's with it, people leave it out.
 */
function normalise(address: string, always: boolean): string {
  if (address.startsWith('file:')) return address;
  const trimmed = address.trim().replace(/\/+$/, '');
  const path = URL.canParse(trimmed) ? new URL(trimmed).pathname : '';
  if (/\/v\d\w*$/.test(path)) return trimmed;
  return always || path === '/' || path === '' ? `${trimmed}/v1` : trimmed;
}

function toTarget(
  provider: string,
  rest: { readonly [Key in Exclude<keyof ModelTarget, 'provider'>]?: ModelTarget[Key] | undefined },
): ModelTarget {
  const given = Object.entries(rest).filter(([, part]) => part !== undefined);
  return { provider, ...(Object.fromEntries(given) as Omit<ModelTarget, 'provider'>) };
}

function first(environment: Environment, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = value(environment, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function value(environment: Environment, name: string): string | undefined {
  const found = environment[name]?.trim();
  return found === '' ? undefined : found;
}
