// Owns the accounting identity: every accepted message has exactly one end or is pending, one reply,
// and each effect happened once or is said to be unknown. Refuses to look anywhere but at what it is given.

import { effectsByKey } from '@opencomputer/testkit';
import type { LedgerEntry } from '@opencomputer/testkit';
import { remindersOf, repliesTo, wasAccepted, wasSetAside } from './play.ts';
import type { Spoken, Story } from './play.ts';
import type { Rows } from './fixtures/rows.ts';
import { entriesOf } from './world.ts';

/** What can be found wrong, each named once and for all. */
export type Assertion =
  /** An accepted message is in the inbox. */
  | 'accepted-is-kept'
  /** A message is in the inbox once, however often it was brought. */
  | 'message-once'
  /** A message that is done has one end, any other none. */
  | 'one-end'
  /** A message that is done has one reply in the outbox for each channel. */
  | 'one-reply'
  /** After the last restart nothing is pending, and everything was said. */
  | 'settles'
  /** An effect with a key has one key. */
  | 'key-once'
  /** An effect without a key happened at most once. */
  | 'effect-once'
  /** The reply says done, not done or unknown as the world knows it. */
  | 'told-truth'
  /** A reminder was said once. */
  | 'reminder-once'
  /** A reply that counts as delivered was seen, or taken by its medium. */
  | 'reply-shown'
  /** An effect stands in a record, written before it. */
  | 'effect-is-recorded'
  /** A value that was altered on the disk is not served. */
  | 'altered-served'
  /** A data directory has one owner at a time. */
  | 'one-owner'
  /** A place in a record is written once, whoever else writes. */
  | 'fenced'
  /** The file is whole. */
  | 'store-whole';

export interface Violation {
  readonly assertion: Assertion;
  readonly text: string;
}

/** What one story came to, in the words of the identity. */
export interface Account {
  readonly accepted: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  /** Effects of which the person was told that nobody knows. */
  readonly unknown: number;
  /** Replies shown again after a crash, under the same identifier. */
  readonly shownAgain: number;
  readonly violations: readonly Violation[];
}

/** The accounts of one story over one store. */
export function account(story: Story, rows: Rows, entries: readonly LedgerEntry[]): Account {
  const violations: Violation[] = [];
  const add = (assertion: Assertion, text: string): void => {
    violations.push({ assertion, text: `${story.name}: ${text}` });
  };
  if (rows.integrity !== 'ok') add('store-whole', rows.integrity);
  const sums = { accepted: 0, completed: 0, failed: 0, pending: 0, unknown: 0, shownAgain: 0 };
  for (const spoken of story.spoken) {
    checkRows(story, spoken, { rows, add });
    checkHeard(story, spoken, add);
    if (spoken.part === 'effects')
      checkEffects(spoken, { entries, said: saidTo(story, spoken), add });
    checkPushed(story, spoken, { entries, add });
    const [row] = rowsOf(story, spoken, rows).inbox;
    const said = saidTo(story, spoken);
    sums.accepted += wasAccepted(spoken, story) ? 1 : 0;
    sums.completed += row?.state === 'done' && !isFailure(spoken) ? 1 : 0;
    sums.failed += row?.state === 'done' && isFailure(spoken) ? 1 : 0;
    sums.pending += row !== undefined && row.state !== 'done' ? 1 : 0;
    sums.unknown += said.some((text) => text.includes('unknown')) ? 1 : 0;
    // Whoever asks again by the API wants to be answered again.
    const live = spoken.part === 'answer' ? 0 : spoken.ends.length;
    sums.shownAgain += Math.max(0, repliesTo(spoken, story.heard).length + live - 1);
  }
  return { ...sums, violations };
}

type Add = (assertion: Assertion, text: string) => void;

/** Replies that the second channel took, by their identifiers: a repeated delivery has the same one. */
export function pushedOf(entries: readonly LedgerEntry[], { marker }: Spoken): ReadonlySet<string> {
  return new Set(entriesOf(entries, 'webhook', marker).flatMap(({ key }) => key ?? []));
}

/** Replies that the second channel is due: the answer, and the reminder when it was said. */
export function pushesDue({ heard }: Story, spoken: Spoken): number {
  return spoken.part === 'reminder' && remindersOf(spoken, heard).length > 0 ? 2 : 1;
}

function checkPushed(
  story: Story,
  spoken: Spoken,
  { entries, add }: { readonly entries: readonly LedgerEntry[]; readonly add: Add },
): void {
  const { marker } = spoken;
  const due = wasAccepted(spoken, story) ? pushesDue(story, spoken) : 0;
  const { size } = pushedOf(entries, spoken);
  if (size > due) add('one-reply', `${marker}: the webhook took ${size} replies, due ${due}`);
  if (size < due) add('settles', `${marker}: the webhook took ${size} replies of ${due}`);
}

/** One store holds one story: the terminal's conversations by name, the other is the API's. */
function rowsOf(
  { name }: Story,
  { part }: Spoken,
  { inbox, outbox }: Rows,
): Pick<Rows, 'inbox' | 'outbox'> {
  const isOwn = ({ conversation }: { conversation: string }): boolean =>
    part === 'answer' ? conversation.startsWith('api-') : conversation === `${name}-${part}`;
  return { inbox: inbox.filter(isOwn), outbox: outbox.filter(isOwn) };
}

function checkRows(story: Story, spoken: Spoken, { rows, add }: { rows: Rows; add: Add }): void {
  const { marker, part, turns } = spoken;
  const { inbox, outbox } = rowsOf(story, spoken, rows);
  if (wasAccepted(spoken, story) && inbox.length === 0)
    add('accepted-is-kept', `${marker} is not in the inbox`);
  if (inbox.length > 1 || turns.size > 1) {
    add('message-once', `${marker} is ${inbox.length} times in the inbox, as ${turns.size} turns`);
  }
  for (const { id, state } of inbox) {
    const ends = rows.finishes.filter((turn) => turn === id).length;
    if (ends !== (state === 'done' ? 1 : 0))
      add('one-end', `${marker} is ${state} and has ${ends} ends`);
    // A message that was set aside has the words that say so, in the place of its reply.
    const due = state === 'open' ? 0 : part === 'reminder' ? 2 : 1;
    for (const [channel, found] of Map.groupBy(outbox, (reply) => reply.channel)) {
      if (found.length <= due) continue;
      add('one-reply', `${marker} is ${state} and has ${found.length} replies on ${channel}`);
    }
    if (due > 0 && outbox.length === 0) add('one-reply', `${marker} is ${state} without a reply`);
  }
}

function checkHeard(story: Story, spoken: Spoken, add: Add): void {
  const { marker, ends, part } = spoken;
  const accepted = wasAccepted(spoken, story);
  const replies = repliesTo(spoken, story.heard);
  const different = new Set(replies.map(({ reply, text }) => reply ?? text));
  if (different.size > 1) add('one-reply', `${marker} was answered ${different.size} times`);
  if (!accepted) add('settles', `${marker} was never accepted: ${spoken.refusals.join(', ')}`);
  else if (ends.length + replies.length === 0) {
    add('settles', `${marker} was never answered, but refused: ${spoken.refusals.join(', ')}`);
  }
  if (part !== 'reminder') return;
  const reminders = remindersOf(spoken, story.heard);
  const said = new Set(reminders.map(({ reply, text }) => reply ?? text));
  if (said.size > 1) add('reminder-once', `${marker} was said as ${said.size} reminders`);
  const isOver = isFailure(spoken) || wasSetAside(spoken, story.heard);
  if (said.size === 0 && accepted && !isOver) {
    add('settles', `the reminder of ${marker} was never said`);
  }
}

function checkEffects(
  { marker }: Spoken,
  { entries, said, add }: { entries: readonly LedgerEntry[]; said: readonly string[]; add: Add },
): void {
  const keyed = entriesOf(entries, 'keyed', marker);
  const once = entriesOf(entries, 'once', marker);
  const keys = effectsByKey(keyed).size;
  if (keys > 1) add('key-once', `${marker} was posted under ${keys} keys`);
  if (once.length > 1)
    add('effect-once', `${marker} was posted ${once.length} times without a key`);
  for (const text of said) {
    const [, first, second] = /Result of \w+: ([a-z ]+), ([a-z ]+)\./.exec(text) ?? [];
    checkTold({ marker, told: first, happened: keyed.length }, add);
    checkTold({ marker, told: second, happened: once.length }, add);
  }
}

function checkTold(
  { marker, told, happened }: { marker: string; told: string | undefined; happened: number },
  add: Add,
): void {
  if (told === 'done' && happened === 0) add('told-truth', `${marker}: told done, never happened`);
  if (told === 'not done' && happened > 0) add('told-truth', `${marker}: told not done, happened`);
}

function saidTo(story: Story, spoken: Spoken): readonly string[] {
  return [...spoken.ends, ...repliesTo(spoken, story.heard)].map(({ text }) => text);
}

function isFailure({ ends }: Spoken): boolean {
  return ends.some(({ status }) => status === 'failed' || status === 'cancelled');
}
