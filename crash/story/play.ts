// Owns the canonical story: what is said to the agent in one run, how often it is said again after a
// crash, and all that was heard. Refuses to judge what it heard.

import type { RunningAgent } from '../agent/fixtures/agent-process.ts';
import { connect, listen, sayByApi, sayByTerminal } from '../agent/fixtures/client.ts';
import type { Heard, Said } from '../agent/fixtures/client.ts';
import { askForEffects } from './world.ts';

export type Part = 'effects' | 'reminder' | 'answer';

/** One message of the story, with all that is known of it from outside. */
export interface Spoken {
  readonly part: Part;
  /** The word by which it is known everywhere. */
  readonly marker: string;
  readonly text: string;
  /** Turns that it was accepted as; more than one is a fault. */
  readonly turns: Set<string>;
  /** Whoever said it was told that the agent has it: by a turn, an answer, or as a repetition. */
  accepted: boolean;
  /** Ends that were seen live. */
  readonly ends: Extract<Said, { type: 'ended' }>[];
  readonly refusals: string[];
}

/** A run of the story over any number of lives of the agent. */
export interface Story {
  readonly name: string;
  readonly spoken: readonly Spoken[];
  readonly heard: Heard[];
}

/** Milliseconds in which everything has to come to its end. */
const settleMsMax = 20_000;
/** An answer that does not come, and a daemon that does not end, are not waited for longer. */
const talkMsMax = 60_000;
/** Time in which streams that have said everything come to their end. */
const goodbyeMsMax = 1_000;
const reminderSeconds = 1;

/** The story; `later` has other names and nothing that comes by the API, whose names are hidden. */
export function createStory(number: number, when: 'now' | 'later' = 'now'): Story {
  const first = when === 'now' ? 1 : 4;
  const spoken = (part: Part, index: number, text: (marker: string) => string): Spoken => {
    const marker = `m${number}x${first + index}`;
    const known = { turns: new Set<string>(), accepted: false, ends: [], refusals: [] };
    return { part, marker, text: text(marker), ...known };
  };
  const both = [
    spoken('effects', 0, (marker) => `${askForEffects} ${marker}`),
    spoken('reminder', 1, (marker) => `remind me in ${reminderSeconds} second to call ${marker}`),
  ];
  const answer = spoken('answer', 2, (marker) => `Why do foxes have bushy tails? ${marker}`);
  const name = when === 'now' ? `s${number}` : `s${number}-later`;
  return { name, spoken: when === 'now' ? [...both, answer] : both, heard: [] };
}

/**
 * Says every message to a daemon, again under its old identifier where it was said before, and waits
 * until each has its end, the daemon is gone, or `msMax` have passed.
 */
export async function play(
  story: Story,
  agent: RunningAgent,
  { folder, msMax = settleMsMax }: { readonly folder: string; readonly msMax?: number },
): Promise<void> {
  const service = await connect(folder).catch(() => undefined);
  if (service === undefined) return;
  const settled = new AbortController();
  const over = new AbortController();
  const signal = AbortSignal.any([settled.signal, agent.gone, AbortSignal.timeout(msMax)]);
  const hear = (heard: Heard): void => {
    story.heard.push(heard);
    if (isSettled(story)) settled.abort();
  };
  // Nobody hangs up: whoever was talking, or listening, hears what a daemon said before its end.
  const hearing = AbortSignal.any([settled.signal, over.signal, AbortSignal.timeout(talkMsMax)]);
  const listening = listen(service, hearing, hear);
  const talking = AbortSignal.any([over.signal, AbortSignal.timeout(talkMsMax)]);
  const talks = story.spoken.map(async (spoken) => {
    const { marker: key, text, part } = spoken;
    const onTurn = (turn: string): void => {
      spoken.accepted = true;
      spoken.turns.add(turn);
    };
    const user = story.name;
    const said =
      part === 'answer'
        ? await sayByApi({ url: agent.url, folder, signal: talking }, { key, user, text })
        : await sayByTerminal(
            service,
            { channelMessageId: key, text, conversation: `${user}-${part}` },
            { onTurn, onNotice: hear },
          );
    note(spoken, said);
    if (isSettled(story)) settled.abort();
  });
  const quiet = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await quiet;
  if (!isSettled(story) || agent.gone.aborted) {
    void agent.ended.then(() => service.stop());
    return;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, goodbyeMsMax);
  await Promise.race([Promise.all([...talks, listening]), agent.ended, promise]);
  clearTimeout(late);
  over.abort();
  await service.stop();
}

function note(spoken: Spoken, said: Said): void {
  if (said.type === 'ended') spoken.ends.push(said);
  if (said.type === 'refused') spoken.refusals.push(said.code);
  const isRepetition = said.type === 'refused' && said.code === 'MESSAGE_DUPLICATE';
  spoken.accepted ||= said.type === 'ended' || isRepetition;
}

/** Each message has its reply, and the reminder was said. */
export function isSettled({ spoken, heard }: Story): boolean {
  return spoken.every(
    (one) =>
      (one.ends.length > 0 || repliesTo(one, heard).length > 0) &&
      (one.part !== 'reminder' || remindersOf(one, heard).length > 0 || wasSetAside(one, heard)),
  );
}

/** The agent has it: it said so, or it answered. */
export function wasAccepted(spoken: Spoken, { heard }: Story): boolean {
  return spoken.accepted || repliesTo(spoken, heard).length > 0;
}

/** Replies that were not seen live and came later. */
export function repliesTo({ marker, turns }: Spoken, heard: readonly Heard[]): readonly Heard[] {
  return heard.filter(
    ({ text, turn }) =>
      (turn !== undefined && turns.has(turn)) ||
      (text.includes(marker) && (turn !== undefined || isSetAside(text))),
  );
}

/** What the person is told of a message whose turn ended the process again and again. */
function isSetAside(text: string): boolean {
  return text.includes('was set aside');
}

/** True when the message waits for a decision of the person, which is an end that was told. */
export function wasSetAside(spoken: Spoken, heard: readonly Heard[]): boolean {
  return repliesTo(spoken, heard).some(({ text }) => isSetAside(text));
}

/** What the agent said by itself, without being asked: the reminder. */
export function remindersOf(spoken: Spoken, heard: readonly Heard[]): readonly Heard[] {
  const replies = new Set(repliesTo(spoken, heard));
  return heard.filter((one) => !replies.has(one) && one.text.includes(spoken.marker));
}
