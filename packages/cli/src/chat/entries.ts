// Owns the shapes of what stands in the transcript: messages, notes, raw output, tables. Refuses
// text that was not cleaned: every entry cleans its own.

import { Markdown, truncateToWidth, visibleWidth, wrapTextWithAnsi } from '@earendil-works/pi-tui';
import type { Component } from '@earendil-works/pi-tui';
import { sanitise } from '../sanitise.ts';
import type { Style } from '../style.ts';
import { markdownTheme } from './theme.ts';

/** Lines of a message that are shown; a paste has more. */
const MESSAGE_LINES_MAX = 12;

/** Lines of a command's output that are shown. */
const OUTPUT_LINES_MAX = 400;

/** What the person said, with a blank line before it. */
export function messageEntry(text: string, style: Style): Component {
  const lines = sanitise(text).split('\n');
  const shown = lines.slice(0, MESSAGE_LINES_MAX);
  const more = lines.length - shown.length;
  if (more > 0) shown.push(style.dim(`… and ${more} more lines`));
  return prefixed(shown, { first: `${style.accent('›')} `, blank: true, paint: style.bold });
}

/**
 * A reply in Markdown. Tables end their cells with an escape even where there is no colour, and
 * are wider than a terminal of a few columns: neither may reach the screen.
 */
export function replyEntry(text: string, style: Style): Component {
  const markdown = new Markdown(sanitise(text), 2, 0, markdownTheme(style), undefined, {
    renderLatex: false,
    preserveOrderedListMarkers: true,
  });
  return {
    render: (width) =>
      markdown.render(width).map((line) => {
        const fitting = visibleWidth(line) > width ? truncateToWidth(line, width, '') : line;
        return style.isColoured ? fitting : sanitise(fitting);
      }),
    invalidate: () => markdown.invalidate(),
  };
}

/** Output as it is, without Markdown or the fence around it; its end is kept when it is long. */
export function outputEntry(
  text: string,
  style: Style,
  linesMax: number = OUTPUT_LINES_MAX,
): Component {
  const clean = sanitise(text).trimEnd();
  const fenced = /^(`{3,}|~{3,})[^\n]*\n([^]*)\n\1(?:\n([^]*))?$/.exec(clean);
  const [, , inner = clean, after] = fenced ?? [];
  const lines = [inner, ...(after === undefined ? [] : [after])].join('\n').split('\n');
  const left = Math.max(0, lines.length - linesMax);
  const shown = lines.slice(left);
  if (left > 0) shown.unshift(style.dim(`… ${left} lines before`));
  return prefixed(shown, { first: '  ', blank: false, paint: (line) => line });
}

/** A line about what happened, such as a tool that ended; the caller has cleaned it. */
export function noteEntry(text: string): Component {
  return prefixed([text], { first: '  ', blank: false, paint: (line) => line });
}

/** The same where only its beginning matters: one line, cut to the width. */
export function lineEntry(text: string): Component {
  return {
    render: (width) => [truncateToWidth(`  ${text}`, width, '…')],
    invalidate: () => undefined,
  };
}

/** A blank line. */
export function blankEntry(): Component {
  return { render: () => [''], invalidate: () => undefined };
}

/** Lines that were aligned for a width: cut, never wrapped. */
export function tableEntry(make: (width: number) => string): Component {
  return {
    render: (width) =>
      make(Math.max(10, width - 2))
        .trimEnd()
        .split('\n')
        .map((line) => truncateToWidth(`  ${line}`, width, '…')),
    invalidate: () => undefined,
  };
}

function prefixed(
  lines: readonly string[],
  look: {
    readonly first: string;
    readonly blank: boolean;
    readonly paint: (line: string) => string;
  },
): Component {
  let cache: { readonly width: number; readonly lines: string[] } | undefined;
  const layOut = (width: number): string[] => {
    const inner = Math.max(1, width - 2);
    const wrapped = lines.flatMap((line) =>
      wrapTextWithAnsi(look.paint(line.replaceAll('\t', '    ')), inner),
    );
    const shown = wrapped.map((line, index) => (index === 0 ? look.first : '  ') + line);
    return look.blank ? ['', ...shown] : shown;
  };
  return {
    render: (width) => {
      if (cache?.width !== width) cache = { width, lines: layOut(width) };
      return cache.lines;
    },
    invalidate: () => {
      cache = undefined;
    },
  };
}
