// Owns converting a value from one unit to another, by the names that people use. Refuses currencies,
// whose rates change, and units of different kinds.

import { loadMathematics } from './mathematics.ts';

/** What came out, or why not. */
export type Converted =
  | { readonly value: number; readonly from: string; readonly to: string }
  | { readonly refusal: string };

/** A unit as mathjs knows it, times a factor. */
interface KnownUnit {
  readonly name: string;
  readonly factor?: number;
  readonly shown?: string;
}

const CURRENCY =
  /^(?:[$€£¥]|usd|eur|gbp|jpy|chf|cad|aud|inr|cny|dollars?|euros?|yen|rupees?|francs?|bitcoins?|btc|pesos?)$/;

const named = (names: string, unit: KnownUnit): (readonly [string, KnownUnit])[] =>
  names.split(', ').map((name) => [name, unit] as const);

const UNITS: ReadonlyMap<string, KnownUnit> = new Map([
  ...named('celsius, °c, c, degrees celsius, degree celsius, degrees c, centigrade', {
    name: 'degC',
    shown: '°C',
  }),
  ...named('fahrenheit, °f, f, degrees fahrenheit, degree fahrenheit, degrees f', {
    name: 'degF',
    shown: '°F',
  }),
  ...named('kelvin, k', { name: 'K', shown: 'K' }),
  ...named('degrees, degree, °', { name: 'deg' }),
  ...named('pound, pounds, lb, lbs', { name: 'lb', shown: 'lb' }),
  ...named('kilo, kilos, kilogramme, kilogrammes, kgs', { name: 'kg', shown: 'kg' }),
  ...named('tonne, tonnes, metric ton, metric tons, t', { name: 'tonne', shown: 'tonnes' }),
  ...named('ton, tons', { name: 'ton', shown: 'short tons' }),
  ...named('ounce, ounces, oz', { name: 'oz', shown: 'oz' }),
  ...named('mi, mile, miles', { name: 'mile', shown: 'miles' }),
  ...named('ft, foot, feet', { name: 'ft', shown: 'feet' }),
  ...named('in, inch, inches, "', { name: 'inch', shown: 'inches' }),
  ...named('nautical mile, nautical miles, nmi', {
    name: 'm',
    factor: 1852,
    shown: 'nautical miles',
  }),
  ...named('light year, light years, lightyear, lightyears, ly', {
    name: 'm',
    factor: 9_460_730_472_580_800,
    shown: 'light years',
  }),
  ...named('mph, miles per hour, mile per hour, mi/h', { name: 'mile/hour', shown: 'mph' }),
  ...named('km/h, kmh, kph, kilometers per hour, kilometres per hour, km per hour', {
    name: 'km/hour',
    shown: 'km/h',
  }),
  ...named('m/s, meters per second, metres per second', { name: 'm/s', shown: 'm/s' }),
  ...named('knot, knots, kn', { name: 'm/hour', factor: 1852, shown: 'knots' }),
  ...named('tablespoon, tablespoons, tbsp', { name: 'tablespoon', shown: 'tablespoons' }),
  ...named('teaspoon, teaspoons, tsp', { name: 'teaspoon', shown: 'teaspoons' }),
  ...named('cup, cups', { name: 'cup', shown: 'cups' }),
  ...named('pint, pints, pt', { name: 'pint', shown: 'pints' }),
  ...named('quart, quarts, qt', { name: 'quart', shown: 'quarts' }),
  ...named('gallon, gallons, gal', { name: 'gallon', shown: 'gallons' }),
  ...named('fluid ounce, fluid ounces, fl oz, floz', { name: 'floz', shown: 'fl oz' }),
  ...named('millilitre, millilitres, milliliter, milliliters, ml', { name: 'ml', shown: 'ml' }),
  ...named('cl, centilitre, centilitres, centiliter, centiliters', { name: 'cl', shown: 'cl' }),
  ...named('dl, decilitre, decilitres, deciliter, deciliters', { name: 'dl', shown: 'dl' }),
  ...named('l, litre, litres, liter, liters', { name: 'litre', shown: 'litres' }),
  ...named('square meter, square meters, square metre, square metres, sqm, m2, m²', {
    name: 'm^2',
    shown: 'm²',
  }),
  ...named('square feet, square foot, sqft, sq ft, ft2, ft²', {
    name: 'ft^2',
    shown: 'square feet',
  }),
  ...named('square mile, square miles', { name: 'mile^2', shown: 'square miles' }),
  ...named('square kilometer, square kilometers, square kilometre, square kilometres, km2, km²', {
    name: 'km^2',
    shown: 'km²',
  }),
  ...named('calorie, calories, kcal, kilocalorie, kilocalories, cal', {
    name: 'J',
    factor: 4184,
    shown: 'kcal',
  }),
  ...named('kj, kilojoule, kilojoules', { name: 'kJ', shown: 'kJ' }),
  ...named('kwh, kilowatt hour, kilowatt hours', { name: 'J', factor: 3_600_000, shown: 'kWh' }),
  ...named('kw, kilowatt, kilowatts', { name: 'kW', shown: 'kW' }),
  ...named('hp, horsepower', { name: 'hp', shown: 'hp' }),
  ...named('bit, bits', { name: 'bits', shown: 'bits' }),
  ...named('byte, bytes, b', { name: 'B', shown: 'bytes' }),
  ...named('kilobyte, kilobytes, kb', { name: 'kB', shown: 'kB' }),
  ...named('megabyte, megabytes, mb, meg, megs', { name: 'MB', shown: 'MB' }),
  ...named('gigabyte, gigabytes, gb, gig, gigs', { name: 'GB', shown: 'GB' }),
  ...named('terabyte, terabytes, tb', { name: 'TB', shown: 'TB' }),
  ...named('kib, kibibyte, kibibytes', { name: 'KiB', shown: 'KiB' }),
  ...named('mib, mebibyte, mebibytes', { name: 'MiB', shown: 'MiB' }),
  ...named('gib, gibibyte, gibibytes', { name: 'GiB', shown: 'GiB' }),
  ...named('ms, millisecond, milliseconds', { name: 'ms', shown: 'ms' }),
  ...named('sec, secs, s, second, seconds', { name: 's', shown: 'seconds' }),
  ...named('min, mins, minute, minutes', { name: 'minute', shown: 'minutes' }),
  ...named('h, hr, hrs, hour, hours', { name: 'hour', shown: 'hours' }),
  ...named('month, months', { name: 'month', shown: 'months' }),
  ...named('year, years, yr, yrs', { name: 'year', shown: 'years' }),
  ...named('kpa, kilopascal, kilopascals', { name: 'kPa', shown: 'kPa' }),
  ...named('pascal, pascals, pa', { name: 'Pa', shown: 'Pa' }),
]);

const NAME = /^[a-zµ°][a-z0-9µ°/^² ]{0,40}$/i;

/** Converts a value. Never throws for any names. */
export async function converted(value: number, from: string, to: string): Promise<Converted> {
  const names = [from, to].map((name) => name.trim().toLowerCase().replace(/\.$/, ''));
  if (names.some((name) => CURRENCY.test(name)) && !names.some((name) => isWeight(name))) {
    return { refusal: 'I have no exchange rates, so I cannot convert money.' };
  }
  const [source, target] = await Promise.all([readUnit(from), readUnit(to)]);
  if (source === undefined) return { refusal: `I do not know the unit "${from.slice(0, 40)}".` };
  if (target === undefined) return { refusal: `I do not know the unit "${to.slice(0, 40)}".` };
  const mathematics = await loadMathematics();
  try {
    const unit = mathematics.unit(value * (source.factor ?? 1), source.name);
    const found = unit.toNumber(target.name) / (target.factor ?? 1);
    if (!Number.isFinite(found)) return { refusal: 'That is too large for me.' };
    return { value: found, from: source.shown ?? source.name, to: target.shown ?? target.name };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { refusal: `${from.trim()} cannot be turned into ${to.trim()}.` };
  }
}

function isWeight(name: string): boolean {
  return /^(?:kg|kilos?|grams?|g|oz|ounces?|stones?|tons?|tonnes?|lbs?)$/.test(name);
}

/** The unit of a name that people use, or that mathjs knows. */
async function readUnit(name: string): Promise<KnownUnit | undefined> {
  const plain = name.trim().replace(/\.$/, '').replaceAll(/\s+/g, ' ');
  const known = UNITS.get(plain.toLowerCase());
  if (known !== undefined) return known;
  if (!NAME.test(plain)) return undefined;
  const mathematics = await loadMathematics();
  for (const spelling of [plain, plain.toLowerCase(), plain.toLowerCase().replace(/s$/, '')]) {
    try {
      mathematics.unit(1, spelling);
      return { name: spelling, shown: plain };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return undefined;
}
