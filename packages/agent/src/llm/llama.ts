// Owns the backend for a model file (GGUF) that runs in this process, through node-llama-cpp.
// Refuses to be part of the default install: the package is loaded by name when it is there.

import { availableParallelism } from 'node:os';
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { AgentError } from '@opencomputer/contracts';
import type { Provider } from '@opencomputer/contracts';
import type { Backend } from './backend.ts';
import { toHistory } from './llama-history.ts';
import type { LlamaHistoryItem } from './llama-history.ts';
import type { PackageLoader } from './package.ts';

const PACKAGE = 'node-llama-cpp';

/** Tokens of context that memory is taken for, unless the target says otherwise. */
const CONTEXT_TOKENS_MAX = 8_192;
/** More threads than this fight for memory; one core is left for everybody else. */
const THREADS_MAX = 8;
/** As servers of llama.cpp do by themselves; without it, small models repeat one sentence. */
const SAMPLING = { temperature: 0.8, minP: 0.05, topK: 40, topP: 0.95 };

/** The part of node-llama-cpp 3 that is used. */
interface LlamaModule {
  getLlama(options: object): Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      readonly trainContextSize: number;
      createContext(options: object): Promise<{ getSequence(): LlamaSequence }>;
    }>;
  }>;
  readonly LlamaChat: new (options: { contextSequence: LlamaSequence }) => LlamaChat;
}

interface LlamaSequence {
  readonly tokenMeter: {
    getState(): TokenCount;
    diff(before: TokenCount): TokenCount;
  };
}

interface TokenCount {
  readonly usedInputTokens: number;
  readonly usedOutputTokens: number;
}

interface LlamaChunk {
  readonly type: 'segment' | undefined;
  readonly segmentType: string | undefined;
  readonly text: string;
}

interface LlamaChat {
  generateResponse(history: readonly LlamaHistoryItem[], options: object): Promise<LlamaResponse>;
}

interface LlamaResponse {
  readonly functionCalls?: readonly { readonly functionName: string; readonly params: unknown }[];
  readonly metadata: { readonly stopReason: string };
}

/**
 * A backend over a model file: `baseUrl` of the target is its `file:` address.
 * Opening it loads the file (seconds, and its size in memory), and throws `MODEL_REQUEST` with what
 * to install when the package is missing.
 */
export function llamaBackend(load: PackageLoader): Backend {
  return {
    open: async ({ target, model }) => {
      const file = target.baseUrl ?? '';
      if (!file.startsWith('file:')) throw wrong(model, 'its file is not named');
      const llama = await loadModule(model, load);
      try {
        return await openFile(llama, { file: new URL(file), model, tokens: target.contextTokens });
      } catch (cause) {
        throw new AgentError(
          'MODEL_REQUEST',
          { model, problem: 'its file cannot be read' },
          { cause },
        );
      }
    },
  };
}

async function loadModule(model: string, load: PackageLoader): Promise<LlamaModule> {
  try {
    return (await load(PACKAGE)) as LlamaModule;
  } catch (cause) {
    const problem = `${PACKAGE} is not installed; \`agent models add FILE.gguf\` installs it`;
    throw new AgentError('MODEL_REQUEST', { model, problem }, { cause });
  }
}

function wrong(model: string, problem: string): AgentError {
  return new AgentError('MODEL_REQUEST', { model, problem });
}

async function openFile(
  { getLlama, LlamaChat: Chat }: LlamaModule,
  { file, model, tokens }: { file: URL; model: string; tokens: number | undefined },
): Promise<Provider> {
  const threads = Math.max(1, Math.min(THREADS_MAX, availableParallelism() - 1));
  const options = { gpu: false, build: 'never', skipDownload: true, logLevel: 'error' };
  const llama = await getLlama({ ...options, maxThreads: threads });
  const loaded = await llama.loadModel({ modelPath: decodeURIComponent(file.pathname) });
  const contextSize = Math.min(tokens ?? CONTEXT_TOKENS_MAX, loaded.trainContextSize);
  const context = await loaded.createContext({ contextSize, threads });
  const sequence = context.getSequence();
  return toProvider(model, new Chat({ contextSequence: sequence }), sequence);
}

/** What one run of the model gives. */
type RunResult = Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason' | 'usage'>;
type OnChunk = (type: 'text' | 'reasoning', text: string) => void;

function toProvider(modelId: string, chat: LlamaChat, sequence: LlamaSequence): Provider {
  // One sequence can hold one conversation at a time: calls wait for each other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async (call: LanguageModelV4CallOptions, onChunk: OnChunk): Promise<RunResult> => {
    const mine = last.then(() => run({ chat, sequence, call }, onChunk));
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    specificationVersion: 'v4',
    provider: 'llama',
    modelId,
    supportedUrls: {},
    doGenerate: async (call) => ({ ...(await inTurn(call, () => undefined)), warnings: [] }),
    doStream: (call) => Promise.resolve({ stream: toStream((onChunk) => inTurn(call, onChunk)) }),
  };
}

interface Run {
  readonly chat: LlamaChat;
  readonly sequence: LlamaSequence;
  readonly call: LanguageModelV4CallOptions;
}

async function run({ chat, sequence, call }: Run, onChunk: OnChunk): Promise<RunResult> {
  call.abortSignal?.throwIfAborted();
  const before = sequence.tokenMeter.getState();
  const texts = { text: '', reasoning: '' };
  const functions = toFunctions(call);
  const response = await chat.generateResponse(toHistory(call.prompt), {
    ...SAMPLING,
    ...(functions ? { functions } : {}),
    ...(call.maxOutputTokens === undefined ? {} : { maxTokens: call.maxOutputTokens }),
    ...(call.abortSignal ? { signal: call.abortSignal } : {}),
    onResponseChunk: (chunk: LlamaChunk) => {
      const type = chunk.type === 'segment' ? 'reasoning' : 'text';
      texts[type] += chunk.text;
      onChunk(type, chunk.text);
    },
  });
  const content: LanguageModelV4Content[] = [];
  if (texts.reasoning !== '') content.push({ type: 'reasoning', text: texts.reasoning });
  if (texts.text !== '') content.push({ type: 'text', text: texts.text });
  for (const [index, { functionName, params }] of (response.functionCalls ?? []).entries()) {
    const input = JSON.stringify(params ?? {});
    content.push({ type: 'tool-call', toolCallId: `call-${index}`, toolName: functionName, input });
  }
  const { stopReason } = response.metadata;
  const usage = toUsage(sequence.tokenMeter.diff(before));
  return { content, finishReason: toFinish(stopReason), usage };
}

function toFunctions(call: LanguageModelV4CallOptions): Record<string, object> | undefined {
  const tools = (call.tools ?? []).filter((tool) => tool.type === 'function');
  if (tools.length === 0) return undefined;
  return Object.fromEntries(
    tools.map((tool) => {
      const params = tool.inputSchema as unknown;
      return [tool.name, { description: tool.description, params }];
    }),
  );
}

function toFinish(stopReason: string): LanguageModelV4FinishReason {
  const known: Record<string, LanguageModelV4FinishReason['unified']> = {
    eogToken: 'stop',
    stopGenerationTrigger: 'stop',
    functionCalls: 'tool-calls',
    maxTokens: 'length',
    abort: 'interrupted',
  };
  return { unified: known[stopReason] ?? 'other', raw: stopReason };
}

function toUsage({ usedInputTokens, usedOutputTokens }: TokenCount): LanguageModelV4Usage {
  const cacheRead = undefined;
  return {
    inputTokens: { total: usedInputTokens, noCache: usedInputTokens, cacheRead, cacheWrite: 0 },
    outputTokens: { total: usedOutputTokens, text: undefined, reasoning: undefined },
  };
}

function toStream(
  start: (onChunk: OnChunk) => Promise<RunResult>,
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream<LanguageModelV4StreamPart>({
    start: async (controller) => {
      try {
        const result = await start((type, delta) => {
          controller.enqueue({ type: `${type}-delta`, id: type, delta });
        });
        for (const part of result.content) {
          if (part.type === 'tool-call') controller.enqueue(part);
        }
        const { finishReason, usage } = result;
        controller.enqueue({ type: 'finish', finishReason, usage });
        controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
  });
}
