// Owns the ways in which one turn is written out: text as it comes, text at the end, one JSON
// result, or a line of JSON for each part. Refuses to decide anything about the turn.

import type { ErrorData, StreamPart, TurnStatus, Usage } from '@opencomputer/contracts';
import type { TextOutput } from './command-context.ts';
import type { Progress } from './progress.ts';
import { sanitise, Sanitiser, sanitiseLine, visibleJson } from './sanitise.ts';
import type { Style } from './style.ts';
import { duration, intentText, outcomeText } from './wording.ts';

/** Something that shows the parts of a turn. */
export interface TurnView {
  show(part: StreamPart): void;
}

/** Text as it arrives, for a terminal. */
export function streamingView(output: TextOutput): TurnView & { endLine(): void } {
  const sanitiser = new Sanitiser();
  let shown = '';
  let isLineOpen = false;
  const write = (text: string): void => {
    if (text === '') return;
    output.write(text);
    isLineOpen = !text.endsWith('\n');
  };
  const endLine = (): void => {
    if (isLineOpen) write('\n');
  };
  return {
    endLine,
    show: (part) => {
      if (part.type === 'text-delta') {
        shown += part.delta;
        write(sanitiser.write(part.delta));
      } else if (part.type === 'text-end') write(sanitiser.end());
      else if (part.type === 'text-withdraw') {
        shown = '';
        endLine();
        write(`[withdrawn: ${sanitiseLine(part.reason)}]\n`);
      } else if (part.type === 'turn-end') {
        write(sanitiser.end());
        // What was not streamed, or was lost by a slow reader, is in the end.
        if (!isSame(shown, part.text)) {
          endLine();
          write(sanitise(part.text));
        }
        endLine();
      }
    },
  };
}

/** The whole text once, for a pipe: nothing that is taken back ever reaches it. */
export function finalView(output: TextOutput): TurnView {
  return {
    show: (part) => {
      if (part.type !== 'turn-end') return;
      const text = sanitise(part.text);
      if (text !== '') output.write(text.endsWith('\n') ? text : `${text}\n`);
    },
  };
}

/** What `--json` prints. */
interface TurnResult {
  readonly conversation: string;
  readonly turn: string;
  readonly status: TurnStatus;
  readonly text: string;
  readonly intent?: string;
  readonly model?: string;
  readonly tools: readonly ToolResult[];
  /** What the agent said by itself, such as reminders; absent when there was nothing. */
  readonly notices?: readonly string[];
  readonly usage: Usage;
  readonly error?: ErrorData;
}

interface ToolResult {
  readonly tool: string;
  readonly plugin: string;
  readonly arguments: unknown;
  readonly status: string;
  readonly durationMs: number;
}

/** One object at the end of the turn. */
export function jsonView(output: TextOutput): TurnView {
  let known: Partial<TurnResult> = {};
  const running = new Map<string, Omit<ToolResult, 'status' | 'durationMs'>>();
  const tools: ToolResult[] = [];
  const notices: string[] = [];
  return {
    show: (part) => {
      if (part.type === 'notice') notices.push(part.text);
      else if (part.type === 'turn-start') known = { ...known, conversation: part.conversation };
      else if (part.type === 'intent-resolve') known = { ...known, intent: part.intent };
      else if (part.type === 'model-start') known = { ...known, model: part.model };
      else if (part.type === 'tool-start') {
        const { tool, arguments: values } = part.call;
        running.set(part.call.callId, { tool, plugin: part.plugin, arguments: values });
      } else if (part.type === 'tool-end') {
        const call = running.get(part.callId);
        const { durationMs } = part;
        if (call) tools.push({ ...call, status: part.outcome.status, durationMs });
      } else if (part.type === 'turn-end') {
        const { type: _, ...end } = part;
        const said = notices.length > 0 && { notices };
        output.write(`${visibleJson({ ...known, ...end, tools, ...said }, 2)}\n`);
      }
    },
  };
}

/** What the agent says by itself, for where no terminal shows it: it is said once, so not lost here. */
export function noticeView(error: TextOutput): TurnView {
  return {
    show: (part) => {
      if (part.type === 'notice') error.write(`agent: ${sanitiseLine(part.text)}\n`);
    },
  };
}

/** Each part as one line of JSON, as it comes. */
export function linesView(output: TextOutput): TurnView {
  return { show: (part) => output.write(`${visibleJson(part)}\n`) };
}

/** What happens beside the text, one line each, for standard error of a terminal. */
export function notesView(options: {
  readonly output: TextOutput;
  readonly style: Style;
  readonly progress: Progress;
  /** Ends a line of text that is still open on the same screen. */
  readonly endLine: () => void;
}): TurnView {
  const { output, style, progress, endLine } = options;
  const running = new Map<string, string>();
  const note = (text: string): void => {
    endLine();
    output.write(`${text}\n`);
  };
  const wait = (): void => progress.wait([...running.values()].join(', ') || 'working');
  return {
    show: (part) => {
      progress.pause();
      if (part.type === 'turn-start') wait();
      else if (part.type === 'intent-resolve') note(style.dim(`· ${intentText(part)}`));
      else if (part.type === 'tool-start') {
        running.set(part.call.callId, sanitiseLine(part.call.tool));
        wait();
      } else if (part.type === 'tool-end') {
        const name = running.get(part.callId) ?? 'tool';
        running.delete(part.callId);
        const mark = part.outcome.status === 'done' ? style.good('✓') : style.bad('✗');
        const text = `${name} ${duration(part.durationMs)} ${outcomeText(part.outcome)}`;
        note(`${mark} ${style.dim(text)}`);
        wait();
      } else if (part.type === 'notice') note(style.dim(`· ${sanitiseLine(part.text)}`));
      else if (part.type === 'turn-end') progress.end();
    },
  };
}

/** Equal apart from white space at the ends and between the parts of a reply. */
function isSame(streamed: string, whole: string): boolean {
  return streamed.replaceAll(/\s+/g, '') === whole.replaceAll(/\s+/g, '');
}
