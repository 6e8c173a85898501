import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TimerChange, ToolCall, TurnInput } from '@opencomputer/contracts';
import type { Statement } from '@opencomputer/contracts/internal';
import { createFakeClock, readParts } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { createDriver } from './driver.ts';
import type { Driver } from './driver-port.ts';
import { ask, message, openBench, words } from './fixtures/bench.ts';
import type { Bench } from './fixtures/bench.ts';
import type { DriverPorts } from './ports.ts';

type Ports = DriverPorts<unknown>;

const timers: readonly TimerChange[] = [{ id: 'tea', at: 1, text: 'tea' }];

const textOf = ({ arguments: { text } }: ToolCall): string =>
  typeof text === 'string' ? text : '';

/** A model that asks for the tool that sets a timer, and beside it for another; then it answers. */
async function openTwoCalls(context: TestContext): Promise<Bench> {
  const calls = [ask('bench_read', { text: 'timer' }), ask('bench_read', { text: 'beside' })];
  return openBench(
    context,
    { channels, core, plugins, policy, store },
    {
      clock: createFakeClock(),
      script: (_, index) => (index === 0 ? calls : [words('Both done.')]),
    },
  );
}

/** What each commit held: `timer`, and the name of each input, a result with the text of its call. */
class Commits {
  readonly all: string[][] = [];
  readonly timer: Statement = { sql: 'select 1', parameters: [] };
  readonly #inputs = new Map<Statement, TurnInput>();
  readonly #textOf = new Map<string, string>();

  learn(statements: readonly Statement[], inputs: readonly TurnInput[]): void {
    for (const [index, input] of inputs.entries()) {
      const statement = statements[index];
      if (statement !== undefined) this.#inputs.set(statement, input);
      if (input.type !== 'model-finish') continue;
      for (const part of input.parts) {
        if (part.type !== 'tool-call') continue;
        this.#textOf.set(part.call.callId, textOf(part.call));
      }
    }
  }

  note(statements: readonly Statement[]): void {
    const names = statements.map((statement) => {
      const input = this.#inputs.get(statement);
      if (statement === this.timer) return 'timer';
      if (input?.type !== 'tool-finish') return input?.type ?? 'other';
      return `result of ${this.#textOf.get(input.callId)}`;
    });
    this.all.push(names);
  }

  of(name: string): readonly (readonly string[])[] {
    return this.all.filter((names) => names.includes(name));
  }
}

/** What happens before a tool runs, when timers were kept, and before inputs get their statements. */
interface Steps {
  begin(text: string): Promise<void> | undefined;
  kept(): void;
  append(inputs: readonly TurnInput[]): Promise<void>;
}

/** A driver that notes each commit. */
function watched({ ports }: Bench, commits: Commits, { begin, kept, append }: Steps): Driver {
  const { tools, log } = ports;
  const host: Ports['tools']['host'] = {
    tools: () => tools.host.tools(),
    intents: () => tools.host.intents(),
    describe: () => tools.host.describe(),
    stop: () => tools.host.stop(),
    call: async (permit, context) => {
      const text = textOf(permit.call);
      await begin(text);
      const outcome = await tools.host.call(permit, context);
      return text === 'timer' && outcome.status === 'done' ? { ...outcome, timers } : outcome;
    },
  };
  const journal: Ports['log']['journal'] = {
    ...log.journal,
    append: async (owner, inputs, from) => {
      await append(inputs);
      const statements = await log.journal.append(owner, inputs, from);
      commits.learn(statements, inputs);
      return statements;
    },
  };
  const database: Ports['log']['database'] = {
    query: log.database.query,
    write: (statements, options) => {
      commits.note(statements);
      return log.database.write(statements, options);
    },
  };
  const keepTimers = async (): Promise<readonly Statement[]> => {
    kept();
    return [commits.timer];
  };
  return createDriver({
    ...ports,
    tools: { ...tools, host, keepTimers },
    log: { ...log, journal, database },
  });
}

test('a timer is in the commit of its tool’s result, also when another result is being written', async (context) => {
  const bench = await openTwoCalls(context);
  const commits = new Commits();
  const besides = Promise.withResolvers<void>();
  const kept = Promise.withResolvers<void>();
  const driver = watched(bench, commits, {
    // The timer's tool ends while the result beside it is on its way to the disk.
    begin: (text) => (text === 'timer' ? besides.promise : undefined),
    kept: kept.resolve,
    append: async (inputs) => {
      if (!inputs.some(({ type }) => type === 'tool-finish')) return;
      besides.resolve();
      await kept.promise;
    },
  });
  await readParts(driver.send(message('set a timer, and read')));
  assert.deepEqual(commits.of('result of beside'), [['result of beside']]);
  assert.deepEqual(commits.of('timer'), [['result of timer', 'timer']]);
});
