// Owns what a plugin must do that is run once for each call: its samples, its refusals, its bounds.
// Refuses a shell: a run is the program with its arguments, JSON on standard input.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@opencomputer/contracts';
import { fingerprint } from './fingerprint.ts';
import { withinTime } from './peer.ts';
import { wrongArguments } from './program-subject.ts';
import type { ProgramUnderTest } from './program-subject.ts';
import type { ConformanceCase } from './tool.ts';

/** Exit code of a refusal. */
const EXIT_REFUSED = 3;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly log: string;
}

/** The cases for a plugin of runtime `command`. */
export function commandCases(subject: ProgramUnderTest): readonly ConformanceCase[] {
  const { manifest, samples } = subject;
  const { tools } = manifest.provides;
  const run = (tool: string, input: JsonObject, raw?: string): Promise<Ended> => {
    const limitMs = (tools.find(({ name }) => name === tool)?.timeoutMs ?? 10_000) + 1_000;
    return runOnce(subject, { tool, limitMs, text: raw ?? textOf(tool, input) });
  };
  const cases: ConformanceCase[] = samples.map((sample) => {
    const status = sample.status ?? 'done';
    const name = `${sample.tool} ${JSON.stringify(sample.arguments)} is ${status}, in time and size`;
    return {
      name,
      run: async () => {
        const ended = await run(sample.tool, sample.arguments);
        assert.equal(statusOf(ended), status, `${ended.output}${ended.log}`);
        const bytes = Buffer.byteLength(ended.output);
        assert.ok(bytes <= manifest.resources.outputBytesMax, `${bytes} bytes`);
      },
    };
  });
  return [
    ...cases,
    {
      name: 'an unknown tool is not done',
      run: async () => assert.notEqual(statusOf(await run('no_such_tool', {})), 'done'),
    },
    {
      name: 'wrong arguments are not done, and no crash',
      run: async () => {
        for (const { name, input } of tools) {
          const wrong = wrongArguments(input);
          if (wrong === undefined) continue;
          const ended = await run(name, wrong);
          assert.equal(ended.signal, null, `${name} ended by ${ended.signal}`);
          assert.notEqual(statusOf(ended), 'done', `${name} takes ${JSON.stringify(wrong)}`);
        }
      },
    },
    {
      name: 'what is no JSON does not hold it up',
      run: async () => {
        const ended = await run(tools[0]?.name ?? 'none', {}, '{"tool"');
        assert.equal(ended.signal, null, `it ended by ${ended.signal}`);
      },
    },
  ];
}

function textOf(tool: string, input: JsonObject): string {
  const context = { idempotencyKey: randomUUID(), now: Date.UTC(2026, 0, 5, 9), timeZone: 'UTC' };
  return `${JSON.stringify({ tool, arguments: input, context })}\n`;
}

function statusOf({ code, output }: Ended): unknown {
  if (code === EXIT_REFUSED) return 'refused';
  if (code !== 0) return 'failed';
  try {
    return (JSON.parse(output) as JsonObject)['status'] ?? 'done';
  } catch {
    return 'done';
  }
}

async function runOnce(
  subject: ProgramUnderTest,
  call: { readonly tool: string; readonly text: string; readonly limitMs: number },
): Promise<Ended> {
  const scratch = await mkdtemp(join(tmpdir(), 'conformance-'));
  const before = await fingerprint(subject.directory);
  const { command, arguments: words, directory, environment } = await subject.start(scratch);
  const child = spawn(command, [...words, call.tool], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(directory === undefined ? {} : { cwd: directory }),
    ...(environment === undefined ? {} : { env: { ...environment } }),
  });
  const ended = Promise.withResolvers<Ended>();
  const bytesMax = subject.manifest.resources.outputBytesMax;
  let output = '';
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length <= bytesMax) output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  child.on('error', ended.reject);
  child.on('close', (code, signal) => ended.resolve({ code, signal, output, log }));
  child.stdin.end(call.text);
  try {
    return await withinTime(ended.promise, call.limitMs, `no end within ${call.limitMs} ms`);
  } finally {
    child.kill('SIGKILL');
    await rm(scratch, { recursive: true, force: true });
    assert.deepEqual(await fingerprint(subject.directory), before, 'it changes its own folder');
  }
}
