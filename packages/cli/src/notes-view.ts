// Owns what is told beside the text of a turn, for standard error of a terminal: tools, notices,
// progress. Refuses to write over a line of text or a question that is open on the same screen.

import type { TextOutput } from './command-context.ts';
import type { Progress } from './progress.ts';
import { sanitiseLine } from './sanitise.ts';
import type { Style } from './style.ts';
import type { TurnView } from './turn-view.ts';
import { duration, intentText, outcomeText } from './wording.ts';

/** Where the notes go. */
export interface NotesOptions {
  readonly output: TextOutput;
  readonly style: Style;
  readonly progress: Progress;
  /** Ends a line of text that is still open on the same screen. */
  readonly endLine: () => void;
}

/** What happens beside the text, one line each. */
export function notesView({ output, style, progress, endLine }: NotesOptions): TurnView {
  const running = new Map<string, string>();
  const questions = new Set<string>();
  const note = (text: string): void => {
    endLine();
    // A question waits at the end of its line for the answer.
    output.write(questions.size > 0 ? `\n${text}\n` : `${text}\n`);
  };
  const wait = (): void => {
    if (questions.size === 0) progress.wait([...running.values()].join(', ') || 'working');
  };
  const show: TurnView['show'] = (part) => {
    if (questions.size === 0) progress.pause();
    if (part.type === 'turn-start') wait();
    else if (part.type === 'intent-resolve') note(style.dim(`· ${intentText(part)}`));
    else if (part.type === 'tool-start') {
      endLine();
      running.set(part.call.callId, sanitiseLine(part.call.tool));
      wait();
    } else if (part.type === 'tool-end') {
      const name = running.get(part.callId) ?? 'tool';
      running.delete(part.callId);
      const mark = part.outcome.status === 'done' ? style.good('✓') : style.bad('✗');
      const text = `${name} ${duration(part.durationMs)} ${outcomeText(part.outcome)}`;
      note(`${mark} ${style.dim(text)}`);
      wait();
    } else if (part.type === 'approval-ask') {
      questions.add(part.call.callId);
      progress.end();
      endLine();
    } else if (part.type === 'approval-end') {
      questions.delete(part.callId);
      wait();
    } else if (part.type === 'notice') note(style.dim(`· ${sanitiseLine(part.text)}`));
    else if (part.type === 'turn-end') progress.end();
  };
  return { show, end: () => progress.end() };
}
