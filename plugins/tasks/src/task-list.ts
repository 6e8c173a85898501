// Owns which tasks are shown for a question and how a list of them reads. Refuses to change a task.

import { isoTime, ruleText, timeText, timesWithin } from '@opencomputer/plugin/time';
import type { Present, TimeRange } from '@opencomputer/plugin/time';
import type { Task } from './task.ts';

/** One line of a list: a task at one of its times. */
export interface TaskLine {
  readonly task: Task;
  readonly at?: number;
}

export const LINES_MAX = 100;
const TIMES_PER_TASK_MAX = 31;

/** The open tasks of a range, by time and then by age; a repeating one at each of its times. */
export async function linesOf(
  tasks: readonly Task[],
  range: TimeRange | undefined,
): Promise<readonly TaskLine[]> {
  const lines: TaskLine[] = [];
  for (const task of tasks.filter((each) => each.doneAt === undefined)) {
    if (task.at === undefined) lines.push({ task });
    else if (range === undefined) lines.push({ task, at: task.at });
    else for (const at of await timesIn(task, task.at, range)) lines.push({ task, at });
  }
  return lines.toSorted(
    (one, other) =>
      (one.at ?? Infinity) - (other.at ?? Infinity) ||
      one.task.createdAt - other.task.createdAt ||
      0,
  );
}

async function timesIn(task: Task, next: number, range: TimeRange): Promise<readonly number[]> {
  const within = (at: number): boolean => at >= range.from && at < range.to;
  if (task.repeat === undefined) return within(next) ? [next] : [];
  const from = Math.max(range.from, next);
  return timesWithin(task.repeat, { from, to: range.to - 1 }, TIMES_PER_TASK_MAX);
}

/** One line for people: `tomorrow (Mon 23 Nov) at 09:00: call Bob, every day`. */
export async function lineText(line: TaskLine, present: Present): Promise<string> {
  const { task, at } = line;
  const repeat = task.repeat === undefined ? '' : ` (${await ruleText(task.repeat.rule)})`;
  if (at === undefined) return task.text;
  const late = at < present.now ? ' (overdue)' : '';
  return `${timeText(at, present)}${late}: ${task.text}${repeat}`;
}

/** A whole list for people, in short Markdown. */
export async function listText(lines: readonly TaskLine[], present: Present): Promise<string> {
  const shown = lines.slice(0, LINES_MAX);
  const section = async (title: string, part: readonly TaskLine[]): Promise<string[]> => {
    if (part.length === 0) return [];
    const texts = await Promise.all(part.map((line) => lineText(line, present)));
    return [`**${title}**\n${texts.map((text) => `- ${text}`).join('\n')}`];
  };
  const sections = [
    ...(await section(
      'Reminders',
      shown.filter((line) => line.at !== undefined),
    )),
    ...(await section(
      'Tasks',
      shown.filter((line) => line.at === undefined),
    )),
  ];
  const hidden = lines.length - shown.length;
  if (hidden > 0) sections.push(`and ${hidden} more.`);
  return sections.join('\n\n');
}

/** A line as plain data for programs. */
export function lineData(line: TaskLine, timeZone: string): Readonly<Record<string, string>> {
  const { task, at } = line;
  return {
    id: task.id,
    text: task.text,
    ...(at === undefined ? {} : { at: isoTime(at, timeZone) }),
    ...(task.repeat === undefined ? {} : { repeat: task.repeat.rule }),
  };
}
