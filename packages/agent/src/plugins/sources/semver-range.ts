// Owns the choice of a version by an npm range (node-semver's grammar, semver.org 2.0 order). Refuses
// pre-releases that a range does not name.

interface Version {
  readonly numbers: readonly [number, number, number];
  /** Empty for a release. */
  readonly before: readonly string[];
}

interface Comparator {
  readonly operator: '<' | '<=' | '>' | '>=' | '=';
  readonly version: Version;
}

const versionForm =
  /^v?(\d{1,15})\.(\d{1,15})\.(\d{1,15})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const partialForm =
  /^[v=\s]*(\d{1,15}|[xX*])(?:\.(\d{1,15}|[xX*])(?:\.(\d{1,15}|[xX*])(?:-([0-9A-Za-z.-]+))?)?)?(?:\+\S+)?$/;
const rangeBytesMax = 1_000;

/** The greatest version within a range; undefined when there is none, or the range is none. */
export function greatestWithin(versions: readonly string[], range: string): string | undefined {
  const sets = parseRange(range);
  if (sets === undefined) return undefined;
  let best: { text: string; version: Version } | undefined;
  for (const text of versions) {
    const version = parseVersion(text);
    if (version === undefined || !sets.some((set) => isWithin(version, set))) continue;
    if (best === undefined || compare(version, best.version) > 0) best = { text, version };
  }
  return best?.text;
}

function isWithin(version: Version, set: readonly Comparator[]): boolean {
  if (!set.every((comparator) => meets(version, comparator))) return false;
  if (version.before.length === 0) return true;
  // 1.2.3-beta.2 is only for whoever said 1.2.3-beta.1.
  return set.some(
    ({ version: other }) =>
      other.before.length > 0 &&
      other.numbers.every((part, index) => part === version.numbers[index]),
  );
}

function meets(version: Version, { operator, version: bound }: Comparator): boolean {
  const order = compare(version, bound);
  if (operator === '=') return order === 0;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** Sets of which one must hold; undefined when it is no range. */
function parseRange(range: string): Comparator[][] | undefined {
  if (range.length > rangeBytesMax) return undefined;
  const sets: Comparator[][] = [];
  for (const part of range.split('||')) {
    const set = parseSet(part.trim());
    if (set === undefined) return undefined;
    sets.push(set);
  }
  return sets;
}

function parseSet(text: string): Comparator[] | undefined {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  if (hyphen !== null) {
    const from = parsePartial(hyphen[1] ?? '');
    const to = parsePartial(hyphen[2] ?? '');
    if (from === undefined || to === undefined) return undefined;
    return [...simple('>=', from), ...simple('<=', to)];
  }
  const found: Comparator[] = [];
  for (const word of text.replaceAll(/([<>=~^]+)\s+/g, '$1').split(/\s+/)) {
    const [, operator = '', rest = ''] = /^(<=|>=|<|>|=|~>?|\^)?(.*)$/.exec(word) ?? [];
    const partial = parsePartial(rest === '' && operator === '' ? '*' : rest);
    if (partial === undefined) return undefined;
    if (operator === '^') found.push(...caret(partial));
    else if (operator.startsWith('~')) found.push(...upTo(partial, Math.min(partial.given, 2)));
    else found.push(...simple(operator, partial));
  }
  return found;
}

interface Partial {
  readonly version: Version;
  /** How many numbers were written. */
  readonly given: number;
}

function parsePartial(text: string): Partial | undefined {
  const found = partialForm.exec(text);
  if (found === null) return undefined;
  const parts = found.slice(1, 4);
  const open = parts.findIndex((part) => part === undefined || /[xX*]/.test(part));
  const given = open === -1 ? 3 : open;
  const number = (index: number): number => (index < given ? Number(parts[index]) : 0);
  const before = given === 3 && found[4] !== undefined ? found[4].split('.') : [];
  return { version: { numbers: [number(0), number(1), number(2)], before }, given };
}

function simple(operator: string, partial: Partial): Comparator[] {
  const { version, given } = partial;
  if (given === 0) return operator === '<' || operator === '>' ? never() : [];
  if (given === 3) {
    const known = operator === '' ? '=' : operator;
    return [{ operator: known as Comparator['operator'], version }];
  }
  const [, end] = upTo(partial, given);
  if (operator === '>=') return [{ operator, version }];
  if (operator === '<') return [{ operator, version: { ...version, before: ['0'] } }];
  if (operator === '>' && end !== undefined) {
    return [{ operator: '>=', version: { ...end.version, before: [] } }];
  }
  if (operator === '<=') return end === undefined ? [] : [end];
  return upTo(partial, given);
}

/** From a version to the next one of its first `kept` numbers. */
function upTo({ version }: Partial, kept: number): Comparator[] {
  if (kept === 0) return [];
  const [major, minor] = version.numbers;
  const numbers = kept === 1 ? [major + 1, 0, 0] : [major, minor + 1, 0];
  if (kept === 3) numbers.splice(0, 3, major, minor, version.numbers[2] + 1);
  return [
    { operator: '>=', version },
    // Below its pre-releases too.
    { operator: '<', version: { numbers: numbers as [number, number, number], before: ['0'] } },
  ];
}

function caret(partial: Partial): Comparator[] {
  const { version, given } = partial;
  const first = version.numbers.findIndex((part) => part > 0);
  return upTo(partial, first === -1 ? given : Math.min(first + 1, given));
}

function never(): Comparator[] {
  return [{ operator: '<', version: { numbers: [0, 0, 0], before: ['0'] } }];
}

function parseVersion(text: string): Version | undefined {
  const found = versionForm.exec(text);
  if (found === null) return undefined;
  const numbers = [Number(found[1]), Number(found[2]), Number(found[3])] as const;
  return { numbers, before: found[4]?.split('.') ?? [] };
}

function compare(left: Version, right: Version): number {
  for (const [index, part] of left.numbers.entries()) {
    const difference = part - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // A release comes after its pre-releases.
  if (left.before.length === 0 || right.before.length === 0) {
    return right.before.length - left.before.length;
  }
  for (let index = 0; index < Math.max(left.before.length, right.before.length); index += 1) {
    const difference = compareWords(left.before[index], right.before[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareWords(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
  const isNumber = (word: string): boolean => /^\d+$/.test(word);
  if (isNumber(left) && isNumber(right)) return Number(left) - Number(right);
  if (isNumber(left) !== isNumber(right)) return isNumber(left) ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}
