// Owns `agent context`: what a message would send to the model, section by section, in tokens.
// Refuses to send it.

import type { ContextSection } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { sanitise, sanitiseLine, visibleJson } from '../sanitise.ts';
import { styleFor } from '../style.ts';
import { table } from '../table.ts';
import { count } from '../wording.ts';
import { withAgent } from '../with-agent.ts';

/** Shows the sections, and their text with `--text`. */
export async function context(
  surroundings: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(surroundings, options, async ({ service }) => {
    const conversation = options['conversation'];
    const text = operands[0] ?? 'hi';
    const input = typeof conversation === 'string' ? { conversation, text } : { text };
    const sections = await service.query('context', input);
    const { output, environment } = surroundings;
    if (options['json'] === true) output.write(`${visibleJson(sections, 2)}\n`);
    else if (options['text'] === true) {
      const style = styleFor(environment.terminal.isColoured);
      for (const section of sections) {
        output.write(
          `${style.bold(`# ${sanitiseLine(section.name)}`)}\n${sanitise(section.text)}\n\n`,
        );
      }
    } else output.write(contextTable(sections, environment.terminal.columns));
    return 0;
  });
}

/** Sections with their size, and the sum. */
export function contextTable(sections: readonly ContextSection[], columns: number): string {
  const sum = (of: (section: ContextSection) => number): string =>
    count(sections.reduce((total, section) => total + of(section), 0));
  const rows = [
    ['tokens', 'characters', 'section'],
    ...sections.map(({ name, characters, tokens }) => [count(tokens), count(characters), name]),
    [sum(({ tokens }) => tokens), sum(({ characters }) => characters), 'together'],
  ];
  return table(rows, { columns, numbers: [0, 1] });
}
