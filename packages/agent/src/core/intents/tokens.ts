// Owns the step from an utterance to normalised words, with numbers, dates, links and paths replaced
// by the name of their class. Refuses to read more than `textCharactersMax` characters.

/** Characters of an utterance that are read; the rest of a longer text is ignored. */
export const textCharactersMax = 2000;
/** Tokens kept of one utterance. */
export const tokensMax = 400;

const chunkCharactersMax = 200;

const expandedForms: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "won't": 'will not',
    "can't": 'can not',
    "let's": 'let us',
    "shan't": 'shall not',
    "y'all": 'you all',
    cannot: 'can not',
    wont: 'will not',
    cant: 'can not',
    dont: 'do not',
    doesnt: 'does not',
    didnt: 'did not',
    isnt: 'is not',
    arent: 'are not',
    wasnt: 'was not',
    havent: 'have not',
    hasnt: 'has not',
    couldnt: 'could not',
    shouldnt: 'should not',
    wouldnt: 'would not',
    whats: 'what is',
    hows: 'how is',
    wheres: 'where is',
    whens: 'when is',
    whos: 'who is',
    thats: 'that is',
    theres: 'there is',
    im: 'i am',
    ive: 'i have',
    youre: 'you are',
    gonna: 'going to',
    wanna: 'want to',
    gotta: 'got to',
    gimme: 'give me',
    lemme: 'let me',
    pls: 'please',
    plz: 'please',
    tmrw: 'tomorrow',
    tmr: 'tomorrow',
    tomorow: 'tomorrow',
    tommorow: 'tomorrow',
    tommorrow: 'tomorrow',
  }).map(([form, words]) => [form, words.split(' ')]),
);

const suffixes: readonly (readonly [string, string])[] = [
  ["n't", 'not'],
  ["'re", 'are'],
  ["'ll", 'will'],
  ["'ve", 'have'],
  ["'m", 'am'],
  ["'d", 'would'],
  ["'s", 'is'],
];

const topLevelDomain =
  /\.(?:com|org|net|io|dev|edu|gov|co|uk|de|fr|eu|us|ai|app|info|ch|at|nl|it|es|ca|ie|be|se|no|dk|fi|pl|pt|cz|au|nz|jp|in|br|int|mil|me|tv|travel)(?:[/:?#]|$)/;
/** A machine by number, or this one. */
const hostAddress =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:\/.*)?|localhost(?::\d{1,5})(?:\/.*)?)$/;
const domainName = /^[a-z0-9.-]{3,100}(?:[/:?#]|$)/;
const email = /^[^\s@]{1,64}@[^\s@]{1,100}\.[a-z]{2,20}$/;
const fileName =
  /\.(?:txt|md|pdf|docx?|xlsx?|pptx?|csv|tsv|json|ya?ml|toml|xml|html?|css|jsx?|tsx?|mjs|py|rb|go|rs|java|c|h|cpp|sh|log|ini|conf|png|jpe?g|gif|svg|mp3|mp4|wav|zip|tar|gz|ics|odt|rtf|tex|sql|db)$/;
const windowsPath = /^[a-z]:[\\/]/;
const clock = /^\d{1,2}(?::\d{2}){1,2}(?:am|pm)?$|^\d{1,2}(?:am|pm)$|^\d{1,2}[.:]?\d{0,2}h$/;
const calendarDate = /^\d{4}-\d{1,2}-\d{1,2}$|^\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?$/;
const money = /^[$€£¥]\d[\d,.]{0,20}[kmb]?$|^\d[\d,.]{0,20}[$€£¥]$/;
const percent = /^\d[\d.,]{0,20}%$/;
const ordinal = /^\d{1,6}(?:st|nd|rd|th)$/;
const number = /^[-+]?\d[\d.,]{0,30}$/;
const arithmetic = /^[\d.,()+\-*/^%=x×÷]{3,}$/;
const operator = /[+\-*/^%=x×÷]/;
const plainWord = /^[a-z]+$/;
const word = /[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*/gu;
/** A figure with its unit, such as "5km"; "401k" is a word of its own. */
const measured =
  /^(\d{1,12})(?:mm|cm|km|kg|mg|ml|cl|lbs?|oz|ft|mi|mph|kmh|gb|mb|kb|tb|usd|eur|gbp)$/i;
const leadingPunctuation = /^["'`([{<«“„‘]+/u;
const trailingPunctuation = /["'`)\]}>»”’!?,;:.…]+$/u;

/** The class name of a chunk that is no ordinary word, such as `<url>`, or undefined. */
function maskOf(chunk: string): string | undefined {
  if (/^(?:https?:\/\/|www\.)/.test(chunk)) return '<url>';
  if (chunk.includes('@') && email.test(chunk)) return '<email>';
  if (/^(?:\/[\w.~]|\.{1,2}\/|~\/)/.test(chunk) || windowsPath.test(chunk)) return '<path>';
  if (fileName.test(chunk)) return '<path>';
  if (topLevelDomain.test(chunk) && domainName.test(chunk)) return '<url>';
  if (hostAddress.test(chunk)) return '<url>';
  if (!/\d/.test(chunk)) return undefined;
  if (clock.test(chunk)) return '<time>';
  if (calendarDate.test(chunk)) return '<date>';
  if (money.test(chunk)) return '<money>';
  if (percent.test(chunk)) return '<percent>';
  if (ordinal.test(chunk)) return '<ordinal>';
  if (number.test(chunk)) return '<number>';
  if (arithmetic.test(chunk) && operator.test(chunk)) return '<arithmetic>';
  return undefined;
}

/** The words that one written word stands for: contractions are expanded, numbers become a class. */
function expand(form: string): readonly string[] {
  const expanded = expandedForms.get(form);
  if (expanded !== undefined) return expanded;
  if (form.includes("'")) {
    for (const [suffix, expansion] of suffixes) {
      if (form.length > suffix.length && form.endsWith(suffix)) {
        return [form.slice(0, -suffix.length), expansion];
      }
    }
  }
  return [/^\d+$/.test(form) ? '<number>' : form];
}

/** Unicode NFKC, lower case, straight apostrophes. */
export function foldText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘`´ʼ]/g, "'");
}

/** A normalised word, and where what it stands for is in the text. */
export interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

function readChunk(chunk: string, offset: number): Token[] {
  const lead = leadingPunctuation.exec(chunk)?.[0].length ?? 0;
  const bare = chunk.slice(lead).replace(trailingPunctuation, '');
  const start = offset + lead;
  const folded = foldText(bare);
  if (plainWord.test(folded) && folded.length === bare.length) {
    return expand(folded).map((form) => ({ word: form, start, end: start + bare.length }));
  }
  const mask = bare === '' ? undefined : maskOf(folded);
  if (mask !== undefined) return [{ word: mask, start, end: start + bare.length }];
  const tokens: Token[] = [];
  for (const match of bare.matchAll(word)) {
    const from = start + match.index;
    const figures = measured.exec(match[0])?.[1]?.length ?? 0;
    if (figures > 0) {
      const end = from + match[0].length;
      tokens.push({ word: '<number>', start: from, end: from + figures });
      tokens.push({ word: foldText(match[0].slice(figures)), start: from + figures, end });
      continue;
    }
    for (const form of expand(foldText(match[0]))) {
      tokens.push({ word: form, start: from, end: from + match[0].length });
    }
  }
  return tokens;
}

/**
 * The normalised words of an utterance with their places, at most `tokensMax` of its first
 * `textCharactersMax` characters. A class such as `<number>`, `<time>`, `<url>` or `<path>` stands for the
 * thing itself. Never throws.
 */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.slice(0, textCharactersMax).matchAll(/\S+/g)) {
    if (tokens.length >= tokensMax) break;
    tokens.push(...readChunk(match[0].slice(0, chunkCharactersMax), match.index));
  }
  return tokens.slice(0, tokensMax);
}

/** The normalised words of an utterance. */
export function tokenize(text: string): string[] {
  return readTokens(text).map((token) => token.word);
}
