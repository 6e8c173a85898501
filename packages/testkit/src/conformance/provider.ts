// Owns what every backend for language models must do, as cases that an author runs against one that
// is connected to a server of this kit. Refuses to test the server: what it says is the script's.

import assert from 'node:assert/strict';
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
} from '@ai-sdk/provider';
import type { Provider } from '@opencomputer/contracts';
import type { ScriptedTurn } from '../scripted-model.ts';
import type { ConformanceCase } from './tool.ts';

/** A backend whose next answers are these, with what it takes to let go of it. */
export interface ProviderUnderTest {
  readonly provider: Provider;
  /** Requests that left it until now. */
  requests(): number;
  close(): Promise<void>;
}

/** Opens a backend for one case. A turn that fails or hangs is one of the server, not of the script. */
export type OpenProvider = (
  turns: readonly Pick<ScriptedTurn, 'text' | 'toolCalls' | 'usage'>[],
  fault?: 'overloaded' | 'silence',
) => Promise<ProviderUnderTest>;

const ABORT_MS_MAX = 5_000;
const usage = { input: 120, output: 30, cached: 20 };
const words = ['Grüße, ', 'das sind ', '👋 drei.'];

const question: LanguageModelV4CallOptions = {
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
  ],
  maxOutputTokens: 100,
};

const tools: NonNullable<LanguageModelV4CallOptions['tools']> = [
  {
    type: 'function',
    name: 'look',
    description: 'Looks.',
    inputSchema: { type: 'object', properties: { where: { type: 'string' } } },
  },
];

const asking = {
  toolCalls: [
    { name: 'look', arguments: { where: 'here' } },
    { name: 'look', arguments: { where: 'there' } },
  ],
};

/** The cases for a provider. Give each to `test(name, run)`. */
export function providerConformance(open: OpenProvider): readonly ConformanceCase[] {
  const named = (name: string, run: () => Promise<void>): ConformanceCase => ({ name, run });
  const using = async (
    given: Parameters<OpenProvider>,
    check: (subject: ProviderUnderTest) => Promise<void>,
  ): Promise<void> => {
    const subject = await open(...given);
    try {
      await check(subject);
    } finally {
      await subject.close();
    }
  };
  return [
    named('it is of the version that the engine speaks, and has a name', () =>
      using([[]], async ({ provider }) => {
        assert.equal(provider.specificationVersion, 'v4');
        assert.ok(provider.provider.length > 0 && provider.modelId.length > 0);
      }),
    ),
    named('a text is the same whole and in a stream, and its tokens are counted', () =>
      using(
        [
          [
            { text: words, usage },
            { text: words, usage },
          ],
        ],
        async ({ provider }) => {
          const whole = await provider.doGenerate(question);
          assert.equal(textOf(whole.content), words.join(''));
          assert.equal(whole.finishReason.unified, 'stop');
          const parts = await partsOf(provider, question);
          assert.equal(
            only(parts, 'text-delta')
              .map(({ delta }) => delta)
              .join(''),
            words.join(''),
          );
          const [finish] = only(parts, 'finish');
          for (const told of [whole.usage, finish?.usage]) {
            assert.deepEqual([told?.inputTokens.total, told?.outputTokens.total], [120, 30]);
          }
          assert.equal(parts.at(-1)?.type, 'finish');
        },
      ),
    ),
    named('calls of tools come whole, in order, with arguments as JSON', () =>
      using([[asking, asking]], async ({ provider }) => {
        const options = { ...question, tools };
        const whole = await provider.doGenerate(options);
        const streamed = await partsOf(provider, options);
        const isCall = (part: { type: string }): boolean => part.type === 'tool-call';
        for (const parts of [whole.content.filter(isCall), streamed.filter(isCall)]) {
          const calls = parts as LanguageModelV4ToolCall[];
          assert.deepEqual(
            calls.map(({ toolName, input }) => [toolName, JSON.parse(input) as unknown]),
            [
              ['look', { where: 'here' }],
              ['look', { where: 'there' }],
            ],
          );
          assert.equal(new Set(calls.map(({ toolCallId }) => toolCallId)).size, 2);
        }
        assert.equal(whole.finishReason.unified, 'tool-calls');
      }),
    ),
    named('an answer that ends without text is empty, not a fault', () =>
      using([[{ text: '' }]], async ({ provider }) => {
        assert.equal(textOf((await provider.doGenerate(question)).content), '');
      }),
    ),
    named('a failure is told, and not tried again', () =>
      using([[{ text: 'x' }], 'overloaded'], async ({ provider, requests }) => {
        await assert.rejects(Promise.resolve(provider.doGenerate(question)));
        assert.equal(requests(), 1);
        await assert.rejects(partsOf(provider, question));
        assert.equal(requests(), 2);
      }),
    ),
    named('a call that is given up ends at once', () =>
      using([[{ text: 'x' }], 'silence'], async ({ provider }) => {
        const calls: ((options: LanguageModelV4CallOptions) => PromiseLike<unknown>)[] = [
          (options) => provider.doGenerate(options),
          (options) => partsOf(provider, options),
        ];
        for (const call of calls) {
          const end = new AbortController();
          const ended = Promise.resolve(call({ ...question, abortSignal: end.signal })).then(
            () => 'answered',
            () => 'ended',
          );
          end.abort();
          assert.equal(await Promise.race([ended, late()]), 'ended');
        }
      }),
    ),
  ];
}

/** Every part of a streamed answer; an `error` part is thrown. */
async function partsOf(
  provider: Provider,
  options: LanguageModelV4CallOptions,
): Promise<LanguageModelV4StreamPart[]> {
  const { stream } = await provider.doStream(options);
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) {
    if (part.type === 'error') throw new Error('the stream failed', { cause: part.error });
    parts.push(part);
  }
  return parts;
}

function only<Type extends LanguageModelV4StreamPart['type']>(
  parts: readonly LanguageModelV4StreamPart[],
  type: Type,
): Extract<LanguageModelV4StreamPart, { type: Type }>[] {
  return parts.filter(
    (part): part is Extract<LanguageModelV4StreamPart, { type: Type }> => part.type === type,
  );
}

function textOf(content: readonly { readonly type: string }[]): string {
  const texts = content.filter(
    (part): part is { type: 'text'; text: string } => part.type === 'text',
  );
  return texts.map(({ text }) => text).join('');
}

function late(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  setTimeout(() => resolve('too late'), ABORT_MS_MAX).unref();
  return promise;
}
