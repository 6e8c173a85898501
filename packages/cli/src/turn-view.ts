// Owns the ways in which one turn is written out: text as it comes, text at the end, one JSON
// result, or a line of JSON for each part. Refuses to decide anything about the turn.

import type { ErrorData, StreamPart, TurnStatus, Usage } from '@opencomputer/contracts';
import type { TextOutput } from './command-context.ts';
import { sanitise, Sanitiser, sanitiseLine, visibleJson } from './sanitise.ts';

/** Something that shows the parts of a turn. */
export interface TurnView {
  show(part: StreamPart): void;
  /** Called once at the end, also of a turn that broke off: nothing may stay half drawn. */
  end?(): void;
}

/** A view whose last line may be unfinished. */
export interface StreamingView extends TurnView {
  isLineOpen(): boolean;
  endLine(): void;
}

/** Turns pieces of a text into what is written; `end` gives what was held back. */
export interface TextFilter {
  write(piece: string): string;
  end(): string;
}

/** Text as it arrives, for a terminal; each text of a turn goes through a filter of its own. */
export function streamingView(
  output: TextOutput,
  filter: () => TextFilter = () => new Sanitiser(),
): StreamingView {
  let current = { id: '', text: '', filter: filter() };
  let turn = '';
  let isLineOpen = false;
  const write = (text: string): void => {
    if (text === '') return;
    output.write(text);
    isLineOpen = !text.endsWith('\n');
  };
  const endLine = (): void => {
    write(current.filter.end());
    if (isLineOpen) write('\n');
  };
  const begin = (id: string): void => {
    endLine();
    current = { id, text: '', filter: filter() };
  };
  const add = (text: string): void => {
    current.text += text;
    write(current.filter.write(text));
  };
  const finish = (text: string): void => {
    // What was not streamed, or was lost by a slow reader, is in the end.
    if (!isSame(current.text, text)) {
      const isRest = current.text !== '' && text.startsWith(current.text);
      if (!isRest) begin('');
      add(text.slice(current.text.length));
    }
    endLine();
  };
  return {
    endLine,
    isLineOpen: () => isLineOpen,
    end: endLine,
    show: (part) => {
      if (part.type === 'turn-start') ({ turn } = part);
      else if (part.type === 'text-delta') {
        // Under the id of the turn the agent repeats what the end holds as well.
        if (part.id === turn) return;
        if (part.id !== current.id) begin(part.id);
        add(part.delta);
      } else if (part.type === 'text-withdraw') {
        begin('');
        write(`[withdrawn: ${sanitiseLine(part.reason)}]\n`);
      } else if (part.type === 'turn-end') finish(answered(part) ?? current.text);
    },
  };
}

/** The whole text once, for a pipe: nothing that is taken back ever reaches it. */
export function finalView(output: TextOutput): TurnView {
  return {
    show: (part) => {
      if (part.type !== 'turn-end') return;
      const text = sanitise(answered(part) ?? '');
      if (text !== '') output.write(text.endsWith('\n') ? text : `${text}\n`);
    },
  };
}

/** The answer of a turn; undefined for one that ended by an error, whose text only says that. */
export function answered(end: Extract<StreamPart, { type: 'turn-end' }>): string | undefined {
  return end.error === undefined ? end.text : undefined;
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

/** Equal apart from white space at the ends and between the parts of a reply. */
function isSame(streamed: string, whole: string): boolean {
  return streamed.replaceAll(/\s+/g, '') === whole.replaceAll(/\s+/g, '');
}
