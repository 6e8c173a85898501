// Owns the bars of the fast path on what people say: nothing is written that was not asked for, and most
// is understood. Refuses to look into the parser; the same figures are printed by the bench.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { parseChronoDates } from './core/intents/chrono-dates.ts';
import { parseIntent } from './core/intents/parser.ts';
import {
  calendarSets,
  installPlugins,
  paraphraseSets,
  scoreParaphrases,
  scoreTwoCalendars,
} from './core/fixtures/paraphrases/scoring.ts';
import type { Installed } from './core/fixtures/paraphrases/scoring.ts';
import { loadManifest } from './plugins/index.ts';

const sets = join(import.meta.dirname, './core/fixtures/paraphrases');

/** An intent with fewer utterances in a set has no percentage worth a bar. */
const countMin = 100;
let installed: Installed;
before(async () => {
  const plugins = join(import.meta.dirname, '../../../plugins');
  const folders = (await readdir(plugins)).map((name) => join(plugins, name));
  const loaded = await Promise.all(folders.map((folder) => loadManifest(folder)));
  installed = installPlugins(
    loaded.flatMap((one) => (one === undefined ? [] : [one.manifest])),
    (name) => readFile(join(sets, name), 'utf8'),
  );
});

for (const set of paraphraseSets) {
  test(`set ${set}: each intent is understood, few actions and no writes are wrong`, async (context) => {
    const scores = await scoreParaphrases(set, installed);
    let [count, wrongActions] = [0, 0];
    for (const [intent, score] of scores) {
      const share = score.right / score.count;
      const said = `${intent}: ${(share * 100).toFixed(1)} % of ${score.count} right`;
      context.diagnostic(`${said}, ${score.wrongActions} wrong, ${score.actedAtOnce} at once`);
      assert.deepEqual(score.wrongWrites, [], intent);
      if (intent === 'oos') continue;
      assert.ok(share >= 0.85 || score.count < countMin, said);
      count += score.count;
      wrongActions += score.wrongActions;
    }
    assert.ok(count >= 22 * 200);
    assert.ok(wrongActions <= 0.03 * count, `${wrongActions} wrong actions of ${count}`);
  });
}

for (const set of calendarSets) {
  test(`set ${set}: of two calendars never the wrong one is used or written to`, async (context) => {
    const score = await scoreTwoCalendars(set, installed);
    const { count, rightProvider, askedWhich } = score;
    context.diagnostic(`${rightProvider} right, ${askedWhich} asked which one, of ${count}`);
    assert.ok(count >= 180);
    assert.deepEqual(score.wrongWrites, []);
    assert.deepEqual(score.wrongProvider, []);
    assert.ok(rightProvider >= 50 && askedWhich <= 30);
  });
}

test('plain requests are done at once', () => {
  const now = Date.UTC(2026, 10, 20, 10);
  const plain: Record<string, string> = {
    'remind me tomorrow at 9 to call Bob': 'reminder.create',
    'add milk to my shopping list': 'task.add',
    'note: gate code 4411': 'note.create',
    'remember that my sister is vegetarian': 'memory.remember',
    'schedule lunch with Sam on friday at noon': 'calendar.create',
    'move my meeting with Tom to 3pm': 'calendar.move',
    'mark buy milk as done': 'task.complete',
    'run this python: print(1)': 'code.run',
  };
  for (const [text, intent] of Object.entries(plain)) {
    const input = { text, now, timeZone: 'Europe/Berlin', parseDates: parseChronoDates };
    const found = parseIntent(installed.parser, input);
    assert.deepEqual([found.kind, found.intent], ['act', intent], text);
  }
});
