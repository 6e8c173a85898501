// Owns the reading of short answers: a value that was asked for, a yes or a no. Refuses commands: what
// is no answer is left to the parser.

import type { SlotDeclaration, SlotValue } from '@opencomputer/contracts';
import { chooseWhen, findDates } from './dates.ts';
import type { DateContext } from './dates.ts';
import { findValues } from './extractors.ts';
import { timeTypes } from './filling.ts';
import { timeValue } from './time-slots.ts';

const yes =
  /^(?:yes|y|yep|yeah|yup|sure|ok|okay|correct|right|exactly|do it|go ahead|please do|yes please|of course|confirm|confirmed)[.! ]*$/i;
const no =
  /^(?:no|n|nope|nah|cancel|stop|never ?mind|forget it|do not|don['’]?t|no thanks|no thank you|leave it|not now|abort)[.! ]*$/i;

/** Whether a message is a plain yes or no. */
export function confirmation(text: string): 'yes' | 'no' | undefined {
  const plain = text.trim();
  if (yes.test(plain)) return 'yes';
  return no.test(plain) ? 'no' : undefined;
}

/** Words by which a short reply says no, whatever follows them: "cancel that please". */
const noAtStart =
  /^(?:n|no|nope|nah|cancel|stop|never ?mind|don['’]?t|forget it|leave it|neither)\b/i;
/** A reply longer than this is a new message, whatever it begins with. */
const replyWordsMax = 4;

/** Whether a short reply leaves what was asked about. */
export function declines(text: string): boolean {
  const plain = text.trim();
  const words = plain.split(/\s+/).length;
  return confirmation(plain) === 'no' || (noAtStart.test(plain) && words <= replyWordsMax);
}

function answerTime(
  declaration: SlotDeclaration,
  text: string,
  context: DateContext,
): SlotValue | undefined {
  // a bare "9" in answer to "when?" is an hour
  const said = /^\s*\d{1,2}\s*$/.test(text) ? `at ${text.trim()}` : text;
  const chosen = chooseWhen(findDates(said, context));
  if (chosen === undefined) return undefined;
  const { mention } = chosen;
  const value = timeValue(declaration, mention, context);
  if (value === undefined) return undefined;
  return said === text
    ? { value, span: mention.span, text: text.slice(mention.span[0], mention.span[1]) }
    : { value, span: [0, text.length], text };
}

/** The value of one slot in a message that answers a question for it; undefined when it has none. */
export function answerSlot(
  declaration: SlotDeclaration,
  text: string,
  context: DateContext,
): SlotValue | undefined {
  const { type } = declaration;
  if (timeTypes.has(type)) return answerTime(declaration, text, context);
  const typed = findValues(text, declaration)[0];
  if (typed !== undefined) return typed;
  const start = text.length - text.trimStart().length;
  const value = text.trim();
  const takesWords = ['text', 'expression', 'code', 'person', 'path', 'unit', 'language'].includes(
    type,
  );
  if (!takesWords || value === '') return undefined;
  return { value, span: [start, start + value.length], text: value };
}
