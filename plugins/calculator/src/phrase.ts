// Owns the step from how people say a sum to an expression: words for numbers and operators, and phrases
// about percent. Refuses to compute.

import { numbersFromWords } from './number-words.ts';

/** An expression; `explain` shows more than its value, given that value. */
export interface Phrase {
  readonly expression: string;
  /** An expression for the second figure of a tip: what is paid in all. */
  readonly withTotal?: string;
}

const ASKING =
  /^(?:(?:please|hey|ok|so|and|just|quickly)[\s,]+)*(?:(?:can|could|would|will) you\s+)?(?:(?:please|just)\s+)*(?:(?:tell|give|get|show) me\s+|work out\s+|figure out\s+|find(?: out)?\s+|calculate\s+|compute\s+|solve\s+|evaluate\s+|do\s+|add up\s+|what(?:'s|s| is| are| does| do i get if i)?\s+|how much(?:'s| is| are| does)?\s+|how many\s+(?:is|are)\s+)*(?:the\s+)?(?:(?:result|answer|value)\s+(?:of|to|for)\s+)?/i;
const ENDING =
  /(?:\s*(?:[=?.]|(?<![\d)])!|please|thanks|thank you|for me|equals?|equal to|come to|make|makes|in total|altogether))+$/i;

const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/\bto the power of\b|\braised to(?: the)?\b|\*\*/g, '^'],
  [/\b(?:multiplied|times) by\b|\btimes\b|[×·⋅]|(?<=[\d)]\s*)x(?=\s*[\d(])/g, '*'],
  [/\bdivided by\b|\bover\b|÷|(?<=\d\s+):(?=\s+\d)/g, '/'],
  [/\bplus\b|\badded to\b/g, '+'],
  [/\bminus\b|\bless\b|\btake away\b|[−–]/g, '-'],
  [/\bmodulo\b/g, 'mod'],
  [/\s*\bsquared\b/g, '^2'],
  [/\s*\bcubed\b/g, '^3'],
  [/\bfactorial of (\d+)|\b(\d+) factorial\b/g, '$1$2!'],
  [/\b(?:square root|sqrt) of\s+(?=\()/g, 'sqrt'],
  [/\b(?:square root|sqrt) of\s+(-?[\d.]+)/g, 'sqrt($1)'],
  [/\bcube root of\s+(-?[\d.]+)/g, 'cbrt($1)'],
  [/√\s*([\d.]+)/g, 'sqrt($1)'],
  [/√\s*(?=\()/g, 'sqrt'],
  [/\bsquare of\s+([\d.]+)/g, '($1)^2'],
  [
    /\b(?:sum|total) of\s+(-?[\d.]+(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+|\s+)-?[\d.]+)+)/g,
    'sum[$1]',
  ],
  [/\b(?:product) of\s+(-?[\d.]+) and (-?[\d.]+)/g, '$1 * $2'],
  [/\bdifference (?:between|of)\s+(-?[\d.]+) and (-?[\d.]+)/g, '$1 - $2'],
  [
    /\b(?:average|mean) of\s+(-?[\d.]+(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+|\s+)-?[\d.]+)+)/g,
    'mean[$1]',
  ],
  [/\badd (-?[\d.]+) (?:and|to) (-?[\d.]+)/g, '$1 + $2'],
  [/\bsubtract (-?[\d.]+) from (-?[\d.]+)/g, '$2 - $1'],
  [/\bmultiply (-?[\d.]+) (?:by|and|with) (-?[\d.]+)/g, '$1 * $2'],
  [/\bdivide (-?[\d.]+) by (-?[\d.]+)/g, '$1 / $2'],
  [/\bsplit (-?[\d.]+) (?:between|among|by|into) (-?[\d.]+)/g, '$1 / $2'],
  [/\b(?:double|twice)\s+/g, '2 * '],
  [/\btriple\s+/g, '3 * '],
  [/\b(?:a\s+)?half(?: of)?\s+(?=[\d(])/g, '0.5 * '],
  [/\b(?:a|1)\s+third of\s+/g, '1/3 * '],
  [/\b(?:a|1)\s+quarter of\s+/g, '0.25 * '],
  [/\b(?:3|three) quarters of\s+/g, '0.75 * '],
];

/** Figures and nothing between them that says what to do: they are added up. */
const FIGURES_ONLY = /^(?:sum )?-?[\d.]+(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+)-?[\d.]+)+$/;

/** Words around a percentage that change nothing. */
const PERCENT_FRAME = /^(?:how much (?:should|do) i tip|i tip|should i tip|an?)\s+(?=.*%)/;

const N = '(-?\\d+(?:\\.\\d+)?)';
const P = `${N}\\s*%`;

/** Phrases about percent, each the whole of a text. `$1` and `$2` are its figures. */
const PERCENT: readonly (readonly [RegExp, string, string?])[] = [
  [
    new RegExp(`^${P}\\s*(?:tip|gratuity)\\s*(?:on|for|of|to)(?: an?)?\\s*${N}(?: bill| meal)?$`),
    '$1 / 100 * $2',
    '$2 * (1 + $1 / 100)',
  ],
  [
    new RegExp(
      `^(?:a )?(?:tip|gratuity) of ${P}\\s*(?:on|for|of)(?: an?)?\\s*${N}(?: bill| meal)?$`,
    ),
    '$1 / 100 * $2',
    '$2 * (1 + $1 / 100)',
  ],
  [
    new RegExp(`^tip\\s*(?:on|for)(?: an?)?\\s*${N}(?: bill)?\\s*(?:at|of|with)\\s*${P}$`),
    '$2 / 100 * $1',
    '$1 * (1 + $2 / 100)',
  ],
  [
    new RegExp(`^${P}\\s*(?:off|discount on|less than|reduction on)(?: of)?\\s*${N}$`),
    '$2 * (1 - $1 / 100)',
  ],
  [
    new RegExp(`^${N}\\s*(?:-|with|after)?\\s*(?:an?\\s*)?${P}\\s*(?:off|discount)$`),
    '$1 * (1 - $2 / 100)',
  ],
  [new RegExp(`^${N}\\s*-\\s*${P}$`), '$1 * (1 - $2 / 100)'],
  [new RegExp(`^${N}\\s*\\+\\s*${P}(?: tax| vat| tip)?$`), '$1 * (1 + $2 / 100)'],
  [
    new RegExp(`^${N}\\s*with\\s*${P}\\s*(?:tax|vat|tip|added|more|on top)$`),
    '$1 * (1 + $2 / 100)',
  ],
  [new RegExp(`^(?:increase|raise)\\s*${N}\\s*by\\s*${P}$`), '$1 * (1 + $2 / 100)'],
  [new RegExp(`^add\\s*${P}\\s*(?:tax|vat|tip)?\\s*to\\s*${N}$`), '$2 * (1 + $1 / 100)'],
  [new RegExp(`^${N}\\s*increased by\\s*${P}$`), '$1 * (1 + $2 / 100)'],
  [new RegExp(`^(?:decrease|reduce|lower)\\s*${N}\\s*by\\s*${P}$`), '$1 * (1 - $2 / 100)'],
  [new RegExp(`^${N}\\s*(?:decreased|reduced) by\\s*${P}$`), '$1 * (1 - $2 / 100)'],
  [new RegExp(`^${P}\\s*more than\\s*${N}$`), '$2 * (1 + $1 / 100)'],
  [new RegExp(`^(?:percentage|%|percent) of ${N} (?:is|are) ${N}$`), '$2 / $1 * 100'],
  [new RegExp(`^(?:percentage|%|percent) (?:is|are) ${N} (?:of|out of) ${N}$`), '$1 / $2 * 100'],
  [
    new RegExp(`^${N} (?:is|are|as) (?:what |a )?(?:percentage|percent|%) of ${N}$`),
    '$1 / $2 * 100',
  ],
  [new RegExp(`^${N} out of ${N} (?:in|as a?) ?(?:percentage|percent|%)$`), '$1 / $2 * 100'],
];

/** The expression that a text means. What is no phrase is returned nearly as it is. */
export function readPhrase(text: string): Phrase {
  let plain = text.trim().replaceAll(/\s+/g, ' ').replace(ENDING, '').replace(ASKING, '');
  plain = plain
    .toLowerCase()
    .replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '')
    .replaceAll(/[$€£¥]|\b(?:dollars?|euros?|pounds?|bucks)\b/g, '')
    .replaceAll(/(?<=\d)k\b/g, '*1000')
    .trim();
  plain = numbersFromWords(plain).replaceAll(
    /\s*\b(?:percent|per cent|pct)\b(?! of \d+(?:\.\d+)? (?:is|are))/g,
    (word, at: number) => (/\d\s*$/.test(numbersFromWords(plain).slice(0, at)) ? '%' : word),
  );
  const simple = plain
    .replaceAll(/\bplus\b/g, '+')
    .replaceAll(/\bminus\b/g, '-')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(PERCENT_FRAME, (frame) => (/tip/.test(frame) ? 'tip ' : ''));
  for (const [pattern, expression, total] of PERCENT) {
    if (!pattern.test(simple)) continue;
    const found = simple.replace(pattern, expression);
    return total === undefined
      ? { expression: found }
      : { expression: found, withTotal: simple.replace(pattern, total) };
  }
  let expression = FIGURES_ONLY.test(plain) ? `sum of ${plain.replace(/^sum /, '')}` : plain;
  for (const [pattern, sign] of OPERATORS) expression = expression.replaceAll(pattern, sign);
  expression = expression
    .replaceAll(
      /(mean|sum)\[([^\]]*)\]/g,
      (_, name: string, list: string) =>
        `${name}(${list
          .trim()
          .split(/[\s,]+(?:and\s+)?|\s+and\s+/)
          .join(', ')})`,
    )
    .replaceAll(/(-?\d+(?:\.\d+)?)\s*%\s*of\b/g, '$1 / 100 *')
    .replaceAll(/(\d+(?:\.\d+)?)\s*%(?!\s*[\d(])/g, '($1 / 100)')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return { expression };
}
