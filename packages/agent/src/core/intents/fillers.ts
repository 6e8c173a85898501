// Owns the neutral words that stand in for slots when examples become training text. Refuses rare or
// telling words: a filler that only one intent has would be learned as a sign of it.

import type { SlotDeclaration, SlotType } from '@opencomputer/contracts';

const texts = [
  'call bob',
  'buy milk',
  'the quarterly report',
  'pick up the kids',
  'water the plants',
  'pay the rent',
  'the project plan',
  'the garden',
  'send the invoice',
  'the wifi password',
  'my passport',
  'book the tickets',
  'the trip to rome',
  'renew the insurance',
  'the recipe',

  'take out the trash',
  'ideas for the party',
  'my shoe size',
  'the budget',
  'review the contract',

  'anna likes tea',
  'the doctor',
  'lunch with sam',
  'the car is parked on level 3',
  'bring a cake',

  'my sister lives in berlin',
  'the team',
  'feed the cat',
  'the presentation',
  'the new website',
];

const fillers: Readonly<Record<Exclude<SlotType, 'enum'>, readonly string[]>> = {
  text: texts,
  datetime: [
    'tomorrow at 9',
    'on monday',
    'at 5pm',
    'in 20 minutes',
    'tonight',
    'next friday at noon',

    'tomorrow',
    'at half past 3',
    'on the 3rd of may',
    'this evening',
    'in two hours',
    'at 14:30',
  ],
  date: ['tomorrow', 'today', 'on friday', 'next monday', 'on the 3rd of may', 'on sunday'],
  'date-range': [
    'tomorrow',
    'today',
    'this week',
    'next week',
    'on friday',
    'tomorrow afternoon',
    'this weekend',
    'on tuesday morning',
    'next month',
    'tonight',
    'between 2 and 4',
  ],
  duration: ['30 minutes', 'an hour', 'two hours', '45 minutes', '90 minutes'],
  recurrence: ['every day', 'every friday', 'every weekday', 'weekly', 'every morning'],
  number: ['5', '12', '100', '3', '42'],
  amount: ['5', '20', '100', '3.5', '250'],
  expression: [
    '2 + 2',
    '15% of 80',
    '12 * 9',
    '144 / 12',
    '(3 + 4) * 5',
    '7 times 8',
    '1200 minus 350',
  ],
  unit: ['km', 'miles', 'kg', 'pounds', 'celsius', 'fahrenheit', 'inches', 'cm', 'liters', 'euros'],
  person: ['bob', 'anna', 'maria', 'sam', 'my boss', 'the team'],
  path: ['report.pdf', 'notes.txt', '~/documents/plan.md', 'data.csv', './src/main.ts'],
  url: ['https://example.com', 'example.org/news', 'www.example.com', 'https://example.com/page'],
  language: ['python', 'javascript', 'bash', 'typescript'],
  code: ['print(1 + 1)', 'console.log(42)', 'ls -la', 'for i in range(3): print(i)'],
  boolean: ['on', 'off', 'yes', 'no'],
};

function fillerOf(declaration: SlotDeclaration | undefined, random: () => number): string {
  const type = declaration?.type ?? 'text';
  const words = type === 'enum' ? Object.entries(declaration?.values ?? {}).flat(2) : fillers[type];
  return words[Math.floor(random() * words.length)] ?? '';
}

/** An example with each `{slot}` replaced by a filler of its type. */
export function expandExample(
  example: string,
  slots: Readonly<Record<string, SlotDeclaration>>,
  random: () => number,
): string {
  return example.replace(/\{([a-z][a-zA-Z0-9_-]*)\}/g, (_, slot: string) =>
    fillerOf(slots[slot], random),
  );
}
