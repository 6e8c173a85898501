// Owns what the values in a request say about the parameters of the tool that could take them: dates,
// amounts, places, addresses. Refuses to read the values themselves.

/** What a request holds. */
export interface Evidence {
  /** Words of parameter names that the values suggest: a date suggests "date", "day", "start". */
  readonly implied: readonly string[];
  /** Numbers that are neither part of a date nor of a word. */
  readonly numbers: number;
  /** Values of any kind. */
  readonly values: number;
}

const months =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';

/** Read in this order; what one has taken, the next does not see. */
const kinds: readonly (readonly [pattern: RegExp, implied: string])[] = [
  [/https?:\/\/\S+/gi, 'url website link uri site'],
  [/[\w.+-]+@[\w-]+\.[\w.]+/g, 'email address recipient to'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'ip address host'],
  [
    /(?:^|\s)[~.]?\/[\w./-]+|\b\w[\w-]*\.(?:pdf|txt|csv|json|xlsx?|docx?|png|jpe?g|mp[34]|html?|py|js|md)\b/gi,
    'path file filename name',
  ],
  [
    /-?\d{1,3}\.\d{2,},\s*-?\d{1,3}\.\d{2,}/g,
    'latitude longitude lat lon lng location coordinates',
  ],
  [
    /\b\d{4}-\d{2}-\d{2}(?:[T ][\d:]+Z?)?\b|\b\d{1,2}\/\d{1,2}\/\d{2,4}\b/g,
    'date day start end from',
  ],
  [
    new RegExp(
      `\\b(?:\\d{1,2}(?:st|nd|rd|th)?(?: of)? )?(?:${months})\\b\\.?(?: \\d{1,2}(?:st|nd|rd|th)?)?(?:,? \\d{4})?(?!\\w)`,
      'gi',
    ),
    'date day month year start end',
  ],
  [
    /\b(?:today|tomorrow|yesterday|tonight|(?:next|last|this) (?:week|month|year|\w+day)|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/gi,
    'date day time',
  ],
  [/\b\d{1,2}(?::\d{2})(?:\s?[ap]\.?m\b)?|\b\d{1,2}\s?[ap]\.?m\b/gi, 'time hour'],
  [
    /[$€£¥]\s?\d[\d,.]*[km]?\b|\b\d[\d,.]*\s?(?:dollars?|euros?|pounds|yen|usd|eur|gbp|rupees?)\b/gi,
    'amount price budget cost value principal salary income',
  ],
  [/\b\d[\d.]*\s?(?:%|percent\b)/gi, 'rate percentage percent interest'],
  [/\b(?:1[5-9]|20)\d{2}\b/g, 'year season date'],
  [
    /\b\d[\d.]*\s?(?:km|kilomet(?:er|re)s?|miles?|m|met(?:er|re)s?|cm|feet|ft|inch(?:es)?)\b/gi,
    'distance length radius height width',
  ],
  [/\b\d[\d.]*\s?(?:kg|kilograms?|lbs?|grams?|g)\b/gi, 'weight mass'],
  [/\b\d[\d.]*\s?(?:°\s?[cf]?\b|degrees?\b|celsius|fahrenheit)/gi, 'temperature angle degree unit'],
  [/\b\d[\d.]*\s?(?:m\/s|km\/h|mph)(?!\w)/gi, 'velocity speed'],
  [
    /\b\d[\d.]*\s?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\b/gi,
    'time duration years days period hours minutes term',
  ],
  [/\[[^\]]*\d[^\]]*\]/g, 'array list numbers data values vector points'],
  [
    /\b(?:in|at|near|around|to|from|for|of|between|and) (?:the )?\p{Lu}\p{L}+(?:[ ,]+\p{Lu}\p{L}+)*/gu,
    'location city place country state name',
  ],
  [/["“][^"”]+["”]|(?<!\w)'[^']+'(?!\w)/g, 'text string title name query content'],
];

const numberWords =
  /\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b/gi;

/** The values of a request. */
export function evidenceIn(text: string): Evidence {
  const implied = new Set<string>();
  let rest = text;
  let values = 0;
  for (const [pattern, words] of kinds) {
    rest = rest.replaceAll(pattern, () => {
      values += 1;
      for (const word of words.split(' ')) implied.add(word);
      return ' ; ';
    });
  }
  const numbers = (rest.match(/(?<![\w.])[-+]?\d[\d,.]*(?![\w])/g) ?? []).length;
  const spelled = (rest.match(numberWords) ?? []).length;
  return { implied: [...implied], numbers: numbers + spelled, values: values + numbers + spelled };
}
