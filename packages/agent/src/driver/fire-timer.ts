// Owns what follows when a timer fires: a word to the person, an event, and the timer after it.
// Refuses to fire halfway: all of it joins the commit that removes the timer.

import type { Clock, IdentifierSource, TimerChange } from '@opencomputer/contracts';
import type { Mailbox, Statement } from '@opencomputer/contracts/internal';
import { tellFired } from './host-calls.ts';
import type { FiredTimer, HostCallPorts } from './host-calls.ts';
import type { Journal } from './journal.ts';

/** A timer that is due, with whom it speaks to. */
export interface DueReminder extends FiredTimer {
  readonly text: string;
  readonly person: string;
  readonly conversation: string;
  /** Later than this, in milliseconds, it is not said any more. */
  readonly lateMsMax?: number;
}

/** What firing needs. */
export interface FirePorts extends HostCallPorts {
  readonly journal: Pick<Journal, 'event'>;
  readonly enqueue: Mailbox['enqueue'];
  readonly clock: Clock;
  readonly identifier: IdentifierSource;
  readonly timeZone: string;
  readonly report: (error: unknown, about: string) => void;
}

/** The channel by which the agent speaks by itself until a person chose another. */
const noticeChannel = 'terminal';
/** Milliseconds that a plugin has to say what comes next. */
const tellMsMax = 10_000;
/** A plugin that could not say what comes next is asked again after this long. */
const tellAgainMs = 300_000;

/** The statements of a firing, and the timers that replace the fired one. */
export async function fireTimer(
  ports: FirePorts,
  timer: DueReminder,
): Promise<{ statements: readonly Statement[]; changes: readonly TimerChange[] }> {
  const { id, plugin, at, text, person, conversation, lateMsMax = Infinity } = timer;
  const { clock, journal, enqueue, identifier, timeZone } = ports;
  // A clock that was set back must not let a plugin find the same instant still to come.
  const now = Math.max(clock.now(), at);
  const isSaid = text !== '' && now - at <= lateMsMax;
  const late = new AbortController();
  const cancel = clock.after(tellMsMax, () => late.abort());
  try {
    const changes = await tellFired(ports, timer, {
      person,
      timeZone,
      now,
      idempotencyKey: `timer/${id}/${at}`,
      folders: [],
      signal: late.signal,
    }).catch((error: unknown) => {
      // The person hears it in time; only the plugin is told again later, by a timer without words.
      ports.report(error, `timer of ${plugin}`);
      return [{ id, at: now + tellAgainMs, text: '' }];
    });
    const payload = { plugin, due: at, ...(text !== '' && !isSaid && { skipped: true }) };
    const event = { name: 'timer-fire', at: now, payload };
    const statements = [await journal.event({ person, conversation }, event)];
    if (isSaid) {
      const reply = { id: identifier(), channel: noticeChannel, person, conversation, text };
      statements.push(...(await enqueue(reply)));
    }
    return { statements, changes };
  } finally {
    cancel();
  }
}
