import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SENTENCES_READ_MAX, sentencesOf, summarise } from './summary.ts';

const report = `# Water report

The city used 12 million litres of water a day in 2025. Water use fell by 8 percent against the year before.
Leaks in the old pipes of the city lost a fifth of all water. Dr. Gray of the water office led the study of the leaks.

The weather was mild. Someone painted the door of the office green last week.

- Replacing the pipes of the old city would cost 40 million.
- The water office wants to replace the worst pipes first, because they leak most water.

\`\`\`js
const leak = "this is code. It is not a sentence of the water report.";
\`\`\`

| year | litres |
|------|--------|

The council decides about the pipes and their cost in March. A party with music was held after the meeting.
Water prices stay as they are until the council has decided about the cost of the pipes.
`;

test('sentences are told apart without code, headings and tables', () => {
  const sentences = sentencesOf(report);
  assert.equal(sentences[0], 'The city used 12 million litres of water a day in 2025.');
  assert.ok(sentences.includes('Dr. Gray of the water office led the study of the leaks.'));
  assert.ok(!sentences.some((each) => /const|\||#/.test(each)));
});

test('a summary has the sentences about the subject, in order, and not the asides', () => {
  const chosen = summarise(report).map((each) => each.text);
  assert.ok(chosen.length >= 2 && chosen.length <= 4);
  assert.ok(
    chosen.every((each) => /water|pipes/i.test(each)),
    chosen.join('\n'),
  );
  assert.ok(!chosen.some((each) => /party|painted|mild/.test(each)));
});

test('a short text is its own summary', () => {
  assert.deepEqual(
    summarise('Only one sentence is here.').map((each) => each.text),
    ['Only one sentence is here.'],
  );
  assert.deepEqual(summarise(''), []);
});

test('a summary is made of sentences of the text, never repeats one and keeps the order', () => {
  const sentence = fc
    .array(fc.constantFrom('water', 'pipe', 'city', 'cost', 'march', 'leak', 'door'), {
      minLength: 4,
      maxLength: 9,
    })
    .map((found) => `The ${found.join(' ')}.`);
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 40 }), (sentences) => {
      const text = sentences.join(' ');
      const chosen = summarise(text);
      const positions = chosen.map((each) => each.position);
      assert.deepEqual(
        positions,
        [...new Set(positions)].toSorted((one, other) => one - other),
      );
      for (const each of chosen) assert.ok(text.includes(each.text));
    }),
  );
});

test('a very long text is read up to a limit', () => {
  const many = 'Some sentence has enough words in it. '.repeat(SENTENCES_READ_MAX * 3);
  assert.equal(sentencesOf(many).length, SENTENCES_READ_MAX);
});
