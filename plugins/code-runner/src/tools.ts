// Owns the one tool of this plugin: code run in a folder of its own, under limits. Refuses languages
// without an interpreter on this machine and says what to install.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';
import { programText, runProgram } from '@opencomputer/plugin/process';
import type { ProgramResult } from '@opencomputer/plugin/process';
import { RUN_LIMITS, countThreads, environmentOf, findProgram } from './interpreter.ts';
import { limited, prepare } from './interpreter.ts';
import type { Language, Preparation } from './interpreter.ts';
import { readLanguage, stripFence } from './language.ts';

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [tool('code_run', run)];

const LIMIT_MS = 30_000;

interface RunRequest {
  readonly language?: string;
  readonly code: string;
  readonly stdin?: string;
}

async function run(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const asked = input as unknown as RunRequest;
  const { code, language: marked } = stripFence(asked.code);
  if (code.trim() === '') return { status: 'refused', text: 'Which code should I run?' };
  const language = readLanguage(asked.language ?? marked, code);
  if (language === undefined) {
    const named = asked.language ?? marked ?? 'that language';
    return {
      status: 'refused',
      text: `I can run Python, JavaScript and shell code, not ${named.slice(0, 40)}.`,
    };
  }
  const preparation = prepare(language, code, process.execPath);
  const program = await findProgram(preparation.programs, context.signal);
  if (program === undefined) {
    return { status: 'refused', text: `I found no ${language} to run it. ${preparation.install}` };
  }
  const folder = await mkdtemp(join(tmpdir(), 'code-'));
  try {
    const result = await runIn(folder, { preparation, program, input: asked.stdin }, context);
    return outcomeOf(result, language);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  folder: string,
  what: {
    readonly preparation: Preparation;
    readonly program: string;
    readonly input: string | undefined;
  },
  context: CallContext,
): Promise<ProgramResult> {
  const { preparation, program, input } = what;
  for (const [name, content] of Object.entries(preparation.files)) {
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
  const processesNow = await countThreads(process.getuid?.());
  const memoryBytes = preparation.memoryBytes ?? RUN_LIMITS.memoryBytes;
  const limits = { ...RUN_LIMITS, memoryBytes };
  return runProgram({
    ...limited(program, preparation.arguments, { limits, processesNow }),
    folder,
    environment: environmentOf(folder, program),
    ...(input === undefined ? {} : { input }),
    limitMs: LIMIT_MS,
    signal: context.signal,
  });
}

function outcomeOf(result: ProgramResult, language: Language): ToolOutcome {
  const { ended, exitCode, output, cut } = result;
  const text = programText(result, { limitMs: LIMIT_MS, silent: 'It ran, without output.' });
  if (ended === 'cancelled') return { status: 'unknown', text };
  const data = { language, exitCode, output, cut, timedOut: ended === 'time' };
  return { status: 'done', text, data };
}
