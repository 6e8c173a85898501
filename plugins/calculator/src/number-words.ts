// Owns numbers that are written as words: "two hundred and five", "three point five", "a dozen". Refuses
// every other word: it is left as it is.

const UNITS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
    'seventeen eighteen nineteen'
  )
    .split(' ')
    .map((word, value) => [word, value]),
);
const TENS: Readonly<Record<string, number>> = Object.fromEntries(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, index) => [word, (index + 2) * 10]),
);
const SCALES: Readonly<Record<string, number>> = {
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
};

/** Replaces written numbers by figures; `1.5 million` too. */
export function numbersFromWords(text: string): string {
  const tokens = text
    .split(/(\s+|(?<=[a-z])-(?=[a-z])|[()+*/^,=])/i)
    .filter((token) => token !== '');
  const result: string[] = [];
  for (let at = 0; at < tokens.length;) {
    const read = readNumber(tokens, at);
    if (read === undefined) {
      result.push(tokens[at] ?? '');
      at += 1;
    } else {
      result.push(read.text);
      at = read.end;
    }
  }
  return result.join('');
}

interface Reading {
  total: number;
  current: number;
  words: number;
}

/** The longest number from a token on, and the index after it. */
function readNumber(
  tokens: readonly string[],
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const reading: Reading = { total: 0, current: 0, words: 0 };
  let end = start;
  let last = '';
  for (let at = start; at < tokens.length; at += 1) {
    const token = (tokens[at] ?? '').toLowerCase();
    if (/^(?:\s+|-)$/.test(token)) {
      if (at === start) return undefined;
      continue;
    }
    if (token === 'and' && /^(?:hundred|thousand|million|billion)$/.test(last)) continue;
    if (token === 'point' && reading.words > 0) {
      return pointed(tokens, at + 1, reading) ?? finished(reading, end);
    }
    if (!take(token, last, reading)) break;
    last = token;
    end = at + 1;
  }
  return finished(reading, end);
}

function finished(
  reading: Reading,
  end: number,
): { readonly text: string; readonly end: number } | undefined {
  if (reading.words === 0) return undefined;
  return { text: String(reading.total + reading.current), end };
}

/** Adds a word to the number; false when the number ends before it. */
function take(token: string, last: string, reading: Reading): boolean {
  const unit = UNITS[token];
  const ten = TENS[token];
  const scale = SCALES[token];
  const figure = last === '' && /^\d+(?:\.\d+)?$/.test(token) ? Number(token) : undefined;
  if (figure !== undefined) {
    reading.current = figure;
  } else if (unit !== undefined) {
    const joins =
      last === '' ||
      last in SCALES ||
      last === 'hundred' ||
      (last in TENS && unit > 0 && unit < 10);
    if (!joins) return false;
    reading.current += unit;
  } else if (ten !== undefined) {
    if (!(last === '' || last in SCALES || last === 'hundred')) return false;
    reading.current += ten;
  } else if (token === 'hundred' && reading.words > 0 && reading.current < 100) {
    reading.current *= 100;
  } else if (scale !== undefined && reading.words > 0) {
    reading.total += reading.current * scale;
    reading.current = 0;
  } else if (token === 'dozen' && (last === '' || reading.current > 0)) {
    reading.current = Math.max(1, reading.current) * 12;
  } else {
    return false;
  }
  reading.words += 1;
  return true;
}

/** The digits after "point": "three point one four". */
function pointed(
  tokens: readonly string[],
  from: number,
  reading: Reading,
): { readonly text: string; readonly end: number } | undefined {
  let digits = '';
  let end = from;
  for (let at = from; at < tokens.length; at += 1) {
    const token = (tokens[at] ?? '').toLowerCase();
    if (/^\s+$/.test(token)) continue;
    const value = UNITS[token] ?? (/^\d+$/.test(token) ? Number(token) : undefined);
    if (value === undefined) break;
    digits += String(value);
    end = at + 1;
  }
  if (digits === '') return undefined;
  return { text: `${reading.total + reading.current}.${digits}`, end };
}
