// Owns reading of function-calling questions, JSON Lines of `{id, question, function}` with answers of
// the same name in `possible_answer/`. Refuses to judge what was found for them.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A function as the files declare it. */
export interface ListedFunction {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** All functions, each once, and the questions with the positions of the functions that answer them. */
export interface FunctionLists {
  readonly functions: readonly ListedFunction[];
  readonly questions: readonly { readonly text: string; readonly right: ReadonlySet<number> }[];
  /** Lines that are not of the form: other kinds of question, or not JSON. */
  readonly linesSkipped: number;
}

/** Functions of one name are the same when so much of their descriptions is. */
const descriptionCharacters = 200;

type Fields = Readonly<Record<string, unknown>>;

/** Reads `BFCL_v4_*.json` of a folder; undefined when it has none. */
export async function readFunctionLists(folder: string): Promise<FunctionLists | undefined> {
  const names = (await namesIn(folder)).filter((name) => /^BFCL_v4_.*\.json$/.test(name));
  if (names.length === 0) return undefined;
  const answerNames = new Set(await namesIn(join(folder, 'possible_answer')));
  const positions = new Map<string, number>();
  const functions: ListedFunction[] = [];
  const questions: { text: string; right: ReadonlySet<number> }[] = [];
  let linesSkipped = 0;
  for (const name of names.toSorted()) {
    const answers = answerNames.has(name)
      ? await readAnswers(join(folder, 'possible_answer', name))
      : new Map<unknown, ReadonlySet<string>>();
    for (const line of await readLines(join(folder, name))) {
      const listed = functionsOf(line?.['function']);
      if (line === undefined || listed.length === 0) {
        linesSkipped += 1;
        continue;
      }
      const wanted = answers.get(line['id']) ?? new Set<string>();
      const right = new Set<number>();
      for (const one of listed) {
        const key = `${one.name}\0${one.description.slice(0, descriptionCharacters)}`;
        const position = positions.get(key) ?? functions.push(one) - 1;
        positions.set(key, position);
        if (wanted.has(one.name)) right.add(position);
      }
      const text = userText(line['question']);
      if (text !== '' && right.size > 0) questions.push({ text, right });
    }
  }
  return { functions, questions, linesSkipped };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readLines(file: string): Promise<readonly (Fields | undefined)[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    try {
      return fieldsOf(JSON.parse(line) as unknown);
    } catch {
      return undefined;
    }
  });
}

async function readAnswers(file: string): Promise<ReadonlyMap<unknown, ReadonlySet<string>>> {
  const answers = new Map<unknown, ReadonlySet<string>>();
  for (const line of await readLines(file)) {
    const truth = line?.['ground_truth'];
    if (line === undefined || !Array.isArray(truth)) continue;
    answers.set(line['id'], new Set(truth.flatMap((call) => Object.keys(fieldsOf(call) ?? {}))));
  }
  return answers;
}

function functionsOf(listed: unknown): readonly ListedFunction[] {
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  return all.flatMap((one) => {
    const { name, description, parameters } = fieldsOf(one) ?? {};
    if (typeof name !== 'string') return [];
    const said = typeof description === 'string' ? description : '';
    return [{ name, description: said, parameters: fieldsOf(parameters) ?? {} }];
  });
}

/** What the user wrote in all turns; system prompts and replies are not the question. */
function userText(question: unknown): string {
  const turns: readonly unknown[] = Array.isArray(question) ? question.flat(2) : [];
  return turns
    .flatMap((turn) => {
      const { role, content } = fieldsOf(turn) ?? {};
      return role === 'user' && typeof content === 'string' ? [content] : [];
    })
    .join('\n');
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}
