// Owns which models there are: those of the settings, then those of the variables that every other
// tool uses. Refuses to read the process's environment and the network: it is given a record.

import type { ModelConfiguration } from '@opencomputer/contracts';
import type { ModelTarget } from './backend.ts';
import { defaultModels } from './catalogue.ts';
import { isOwn, keyNames } from './key.ts';

/** Variables by name, as the composition root read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Local servers: Ollama, LM Studio, llama.cpp, vLLM. Asked only when nothing is configured. */
export const localAddresses: readonly string[] = [
  'http://127.0.0.1:11434/v1',
  'http://127.0.0.1:1234/v1',
  'http://127.0.0.1:8080/v1',
  'http://127.0.0.1:8000/v1',
];

/**
 * Models in the order of fallback: the settings as they stand, then what the environment gives
 * beside them. A connection whose model the environment does not name adds none to a setting that
 * uses the same connection: the default name would be our guess, not the person's choice.
 */
export function discoverTargets(
  environment: Environment,
  settings: readonly ModelConfiguration[] = [],
): ModelTarget[] {
  const found = [
    fromOpenAi(environment),
    fromAnthropic(environment),
    fromGoogle(environment),
  ].filter((target) => target !== undefined);
  const configured = settings.map((setting) => fromSetting(environment, setting, found));
  const others = found.filter(
    (target) =>
      !configured.some(
        (known) =>
          placeOf(known) === placeOf(target) &&
          (target.model === undefined || target.model === known.model),
      ),
  );
  return [...configured, ...others.map(withDefaultModel)];
}

function withDefaultModel(target: ModelTarget): ModelTarget {
  const model = target.model ?? defaultModels[target.provider];
  return model === undefined ? target : { ...target, model };
}

/** Who is called: the provider at its own address, or whoever listens at the other one. */
function placeOf({ provider, baseUrl }: ModelTarget): string {
  return baseUrl === undefined || isOwn(provider, baseUrl) ? provider : baseUrl;
}

function fromSetting(
  environment: Environment,
  setting: ModelConfiguration,
  found: readonly ModelTarget[],
): ModelTarget {
  const { provider, model, url, keyVariable, wire, contextTokens, outputTokensMax, price } =
    setting;
  const target = toTarget(provider, {
    model,
    keyVariable,
    baseUrl: url === undefined ? undefined : normalise(url, provider),
    wire,
    contextTokens,
    outputTokensMax,
    price: price && { ...price, cached: price.cached ?? price.input },
  });
  const key = keyOf(environment, setting) ?? keyBeside(setting, target, found);
  return key === undefined ? target : { ...target, key };
}

/** The key that the setting holds or names, else the usual one, for the provider itself only. */
function keyOf(
  environment: Environment,
  { provider, url, key, keyVariable }: ModelConfiguration,
): string | undefined {
  if (keyVariable !== undefined) return value(environment, keyVariable) ?? key;
  if (key !== undefined || (url !== undefined && !isOwn(provider, url))) return key;
  return first(environment, keyNames[provider] ?? []);
}

/** The key that the environment gives together with the same address. */
function keyBeside(
  { keyVariable }: ModelConfiguration,
  target: ModelTarget,
  found: readonly ModelTarget[],
): string | undefined {
  if (keyVariable !== undefined) return undefined;
  return found.find((other) => placeOf(other) === placeOf(target))?.key;
}

/** An address of their own means a server that is compatible; it may want no key. */
function fromOpenAi(environment: Environment): ModelTarget | undefined {
  const key = value(environment, 'OPENAI_API_KEY');
  const address = value(environment, 'OPENAI_BASE_URL');
  const model = value(environment, 'OPENAI_MODEL');
  if (address !== undefined && !/^https:\/\/api\.openai\.com(?:\/|$)/.test(address)) {
    const baseUrl = normalise(address, 'openai-compatible');
    return toTarget('openai-compatible', { model, baseUrl, key });
  }
  if (key === undefined) return undefined;
  return toTarget('openai', { model, key });
}

function fromAnthropic(environment: Environment): ModelTarget | undefined {
  const key = value(environment, 'ANTHROPIC_API_KEY');
  const address = value(environment, 'ANTHROPIC_BASE_URL');
  if (key === undefined && address === undefined) return undefined;
  return toTarget('anthropic', {
    model: value(environment, 'ANTHROPIC_MODEL'),
    baseUrl: address === undefined ? undefined : normalise(address, 'anthropic'),
    key,
  });
}

function fromGoogle(environment: Environment): ModelTarget | undefined {
  const key = first(environment, keyNames['google'] ?? []);
  const address = value(environment, 'GOOGLE_GENERATIVE_AI_BASE_URL');
  if (key === undefined) return undefined;
  return toTarget('google', {
    model: value(environment, 'GEMINI_MODEL'),
    baseUrl: address === undefined ? undefined : normalise(address, 'google'),
    key,
  });
}

/**
 * An address as the packages want it: with the version, without a slash at the end. Anthropic's own
 * clients are given the address without its version, OpenAI's with it, people leave it out.
 */
function normalise(address: string, provider: ModelConfiguration['provider']): string {
  if (provider === 'llama' || provider.startsWith('package:')) return address;
  const trimmed = address.trim().replace(/\/+$/, '');
  const path = URL.canParse(trimmed) ? new URL(trimmed).pathname : '';
  if (/\/v\d\w*$/.test(path)) return trimmed;
  const isBare = path === '/' || path === '';
  const version = provider === 'google' ? 'v1beta' : 'v1';
  return isBare || provider === 'anthropic' ? `${trimmed}/${version}` : trimmed;
}

function toTarget(
  provider: ModelTarget['provider'],
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
