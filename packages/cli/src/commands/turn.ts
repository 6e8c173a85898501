// Owns driving one turn from a terminal: its parts to the views, its questions to the person, Ctrl-C
// to the turn. Refuses to leave a question open or a turn running behind the person's back.

import type { StreamPart } from '@opencomputer/contracts';
import type { AgentService, SendRequest } from '@opencomputer/contracts/internal';
import { askApproval } from '../approval-question.ts';
import type { ApprovalAsk } from '../approval-question.ts';
import type { CommandContext, TextInput } from '../command-context.ts';
import { exitCodeOf, exitCodes, failureLine } from '../failure.ts';
import { styleFor } from '../style.ts';
import { readLines } from '../terminal-lines.ts';
import type { TerminalLines } from '../terminal-lines.ts';
import type { TurnView } from '../turn-view.ts';
import { wasRefusedUnattended } from './turn-denial.ts';

type TurnEnd = Extract<StreamPart, { type: 'turn-end' }>;

/** One turn to be driven. */
export interface TurnRun {
  readonly service: AgentService;
  readonly request: SendRequest;
  readonly views: readonly TurnView[];
  /** Where questions are answered; undefined: they are denied. */
  readonly terminal: TextInput | undefined;
}

/** Runs the turn to its end and returns the exit code. */
export async function runTurn(context: CommandContext, run: TurnRun): Promise<number> {
  const questions = new Map<string, AbortController>();
  const interruption = interruptible(context, run.service);
  const lines = run.terminal && readLines(run.terminal);
  let answered: Promise<void> = Promise.resolve();
  let exitCode: number = exitCodes.failed;
  let isDenied = false;
  const endViews = (): void => {
    for (const view of run.views) view.end?.();
  };
  try {
    const parts = run.service.send(run.request)[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([parts.next(), interruption.forced]);
      if (next === undefined) return exitCodes.interrupted;
      if (next.done === true) break;
      const part = next.value;
      interruption.see(part);
      for (const view of run.views) view.show(part);
      if (part.type === 'approval-ask') {
        const question = new AbortController();
        questions.set(part.call.callId, question);
        // One question after the other: a terminal has one cursor.
        answered = answered.then(() =>
          answer(context, run.service, { ask: part, question, lines }),
        );
      } else if (part.type === 'approval-end') {
        questions.get(part.callId)?.abort();
        isDenied ||= !part.approved;
      } else if (part.type === 'turn-end') {
        endViews();
        isDenied ||= await wasRefused(run, part);
        exitCode = finish(context, part, isDenied);
      }
    }
    return exitCode;
  } finally {
    endViews();
    interruption.end();
    for (const question of questions.values()) question.abort();
    await answered;
    lines?.close();
    if (run.terminal !== context.input) run.terminal?.destroy?.();
  }
}

async function answer(
  context: CommandContext,
  service: AgentService,
  open: {
    readonly ask: ApprovalAsk;
    readonly question: AbortController;
    readonly lines: TerminalLines | undefined;
  },
): Promise<void> {
  const { ask, question, lines } = open;
  const base = { turn: ask.turn, callId: ask.call.callId };
  if (lines === undefined) {
    await service.act({ type: 'deny', ...base, reason: 'there is no terminal to ask' });
    return;
  }
  const style = styleFor(context.environment.terminal.isErrorColoured);
  const { signal } = question;
  const said = await askApproval(ask, { lines, output: context.error, style, signal });
  if (said === undefined) return;
  if (said.approved) await service.act({ type: 'approve', ...base });
  else if (said.reason === undefined) await service.act({ type: 'deny', ...base });
  else await service.act({ type: 'deny', ...base, reason: said.reason });
}

/** Without a terminal policy refuses by itself, and the stream has no question that says so. */
async function wasRefused({ service, terminal }: TurnRun, end: TurnEnd): Promise<boolean> {
  return end.status === 'done' && terminal === undefined
    ? wasRefusedUnattended(service, end.turn)
    : false;
}

function finish(context: CommandContext, end: TurnEnd, isDenied: boolean): number {
  if (end.error !== undefined) {
    context.error.write(`${failureLine(end.error)}\n`);
    return exitCodeOf(end.error.code);
  }
  if (end.status === 'cancelled') return exitCodes.interrupted;
  if (end.status === 'failed') return exitCodes.failed;
  return isDenied ? exitCodes.denied : exitCodes.ok;
}

/** The first Ctrl-C cancels the turn, the second leaves it. */
function interruptible(
  context: CommandContext,
  service: AgentService,
): {
  readonly forced: Promise<undefined>;
  see(part: StreamPart): void;
  end(): void;
} {
  const forced = Promise.withResolvers<undefined>();
  let turn: string | undefined;
  let count = 0;
  const cancel = (): void => {
    if (turn === undefined) return;
    const action = { type: 'cancel', turn, reason: 'interrupted by the person' } as const;
    service.act(action).catch(() => forced.resolve(undefined));
  };
  const end = context.onInterrupt(() => {
    count += 1;
    if (count > 1) forced.resolve(undefined);
    else cancel();
  });
  return {
    forced: forced.promise,
    see: (part) => {
      if (part.type !== 'turn-start') return;
      turn = part.turn;
      if (count > 0) cancel();
    },
    end,
  };
}
