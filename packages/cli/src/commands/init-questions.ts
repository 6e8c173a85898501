// Owns the questions of `agent init`: each can be kept, changed or skipped. Refuses to write: it
// returns what is to be changed, all of it or nothing.

import type { Readable, Writable } from 'node:stream';
import { cancel, intro, isCancel, outro, password, select, text } from '@clack/prompts';
import type { Configuration, ModelConfiguration } from '@opencomputer/contracts';
import type { ConfigurationChange } from '../configuration-file.ts';
import type { Environment } from '../environment.ts';
import { withModel } from './model-choice.ts';

/** Raised by Esc or Ctrl-C in a question, and caught here. */
class Cancelled extends Error {}

/** Those that need no package of their own; the others are for `agent models add`. */
type Provider = Exclude<ModelConfiguration['provider'], 'llama' | `package:${string}`>;

/** What the questions start from, and where they are asked. */
export interface Asking {
  readonly configuration: Configuration;
  readonly environment: Environment;
  /** Absent: the terminal of the process. */
  readonly streams?: { readonly input: Readable; readonly output: Writable };
}

/** The usual variable of each provider, and a model to begin with. */
const providers: Readonly<Record<Provider, { label: string; variable: string; model: string }>> = {
  openai: { label: 'OpenAI', variable: 'OPENAI_API_KEY', model: 'gpt-6-sol' },
  anthropic: { label: 'Anthropic', variable: 'ANTHROPIC_API_KEY', model: 'claude-sonnet-5-5' },
  google: { label: 'Google', variable: 'GOOGLE_GENERATIVE_AI_API_KEY', model: 'gemini-3.8-flash' },
  'openai-compatible': {
    label: 'A server of your own (Ollama, vLLM, LM Studio, llama.cpp)',
    variable: '',
    model: 'llama3.2',
  },
};
const LOCAL_URL = 'http://127.0.0.1:11434/v1';

/** Asks, and returns the changes; undefined when the person left. */
export async function askChanges(asking: Asking): Promise<ConfigurationChange[] | undefined> {
  const { streams = {} } = asking;
  intro(
    'OpenComputer: what is set stays unless you change it. Esc leaves without saving.',
    streams,
  );
  try {
    const changes = [
      ...(await askModel(asking)),
      ...(await askName(asking)),
      ...(await askZone(asking)),
      ...(await askFolders(asking)),
    ];
    outro(changes.length === 0 ? 'All as it was.' : 'That is all.', streams);
    return changes;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel('Nothing was changed.', streams);
    return undefined;
  }
}

async function askModel(asking: Asking): Promise<ConfigurationChange[]> {
  const { configuration, environment, streams } = asking;
  const [current] = configuration.models;
  const named = current ? `${current.model} (${current.provider})` : 'none';
  const provider = given(
    await select<Provider | 'keep'>({
      ...streams,
      message: 'Which language model answers?',
      options: [
        { value: 'keep', label: current ? `Keep ${named}` : 'Skip: work without one for now' },
        ...(Object.keys(providers) as Provider[]).map((value) => ({
          value,
          label: providers[value].label,
          ...(environment.variables[providers[value].variable] ? { hint: 'key found' } : {}),
        })),
      ],
      initialValue: 'keep',
    }),
  );
  if (provider === 'keep') return [];
  const { model: initialValue } = providers[provider];
  const model = given(
    await text({ ...streams, message: 'Name of the model', initialValue, validate: filled }),
  );
  const place = await askPlace(provider, asking);
  return [withModel(configuration, { provider, model: model.trim(), ...place })];
}

async function askPlace(
  provider: Provider,
  { environment, streams }: Asking,
): Promise<Pick<ModelConfiguration, 'url' | 'key'>> {
  if (provider === 'openai-compatible') {
    const message = 'Address of the server';
    const url = given(
      await text({ ...streams, message, initialValue: LOCAL_URL, validate: address }),
    );
    return { url: url.trim() };
  }
  const { variable } = providers[provider];
  if (environment.variables[variable]) return {};
  const message = `API key (Enter: it will be in ${variable} when the agent starts)`;
  const key = given(await password({ ...streams, message }));
  return key ? { key: key.trim() } : {};
}

async function askName({ configuration, streams }: Asking): Promise<ConfigurationChange[]> {
  return changed(['person', 'name'], configuration.person.name ?? '', {
    ...streams,
    message: 'What do you want to be called? (Enter skips)',
  });
}

async function askZone({
  configuration,
  environment,
  streams,
}: Asking): Promise<ConfigurationChange[]> {
  return changed(['person', 'timeZone'], configuration.person.timeZone ?? '', {
    ...streams,
    message: `Your time zone (Enter: this machine’s, ${environment.timeZone})`,
    validate: (zone) => (!zone || isZone(zone) ? undefined : 'Such as Europe/Berlin'),
  });
}

async function askFolders({ configuration, streams }: Asking): Promise<ConfigurationChange[]> {
  const before = configuration.folders.join(', ');
  const message = 'Folders that plugins may read, with commas between (Enter skips)';
  const after = given(await text({ ...streams, message, initialValue: before })) ?? '';
  if (after.trim() === before) return [];
  const value = after
    .split(',')
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '');
  return [{ path: ['folders'], value }];
}

async function changed(
  path: readonly string[],
  before: string,
  question: { message: string; validate?: (value: string | undefined) => string | undefined },
): Promise<ConfigurationChange[]> {
  const after = (given(await text({ ...question, initialValue: before })) ?? '').trim();
  if (after === before) return [];
  return [{ path, value: after === '' ? undefined : after }];
}

function given<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<Value, symbol>;
}

function filled(value: string | undefined): string | undefined {
  return value?.trim() ? undefined : 'It needs a name';
}

function address(value: string | undefined): string | undefined {
  return value && URL.canParse(value.trim()) && /^\s*https?:/.test(value)
    ? undefined
    : 'Such as http://127.0.0.1:11434/v1';
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name.trim() });
    return true;
  } catch {
    return false;
  }
}
