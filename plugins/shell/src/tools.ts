// Owns the one tool of this plugin: a command of the shell, run as it was given. Refuses folders that
// are not there. Whether it may run is decided by policy, for each run.

import { access, constants, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';
import { programText, runProgram } from '@opencomputer/plugin/process';
import type { ProgramResult } from '@opencomputer/plugin/process';

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [tool('shell_run', run)];

const SECONDS_DEFAULT = 120;
const SECONDS_MAX = 580;

interface RunRequest {
  readonly command: string;
  readonly cwd?: string;
  readonly seconds?: number;
}

async function run(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { command, cwd, seconds = SECONDS_DEFAULT } = input as unknown as RunRequest;
  if (command.trim() === '') return { status: 'refused', text: 'Which command should I run?' };
  if (command.includes('\0')) return { status: 'refused', text: 'A command has no null bytes.' };
  const folder = folderOf(cwd, context.folders);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    return { status: 'refused', text: `There is no folder "${cwd ?? folder}".` };
  }
  const limitMs = Math.min(Math.max(1, seconds), SECONDS_MAX) * 1000;
  const result = await runProgram({
    file: await shellFile(),
    arguments: ['-c', command],
    folder,
    limitMs,
    signal: context.signal,
  });
  return outcomeOf(result, limitMs);
}

function folderOf(cwd: string | undefined, folders: readonly string[]): string {
  const home = folders[0] ?? tmpdir();
  if (cwd === undefined) return home;
  return isAbsolute(cwd) ? cwd : resolve(home, cwd);
}

async function shellFile(): Promise<string> {
  for (const file of ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash']) {
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return file;
  }
  return '/bin/sh';
}

/** A command that was stopped may have done its work, or a part of it. */
function outcomeOf(result: ProgramResult, limitMs: number): ToolOutcome {
  const { ended, exitCode, output, cut } = result;
  if (ended === 'absent') return { status: 'refused', text: 'There is no shell on this machine.' };
  const text = programText(result, { limitMs, silent: 'Done, without output.' });
  if (ended !== 'exit') return { status: 'unknown', text };
  return { status: 'done', text, data: { exitCode, output, cut } };
}
