import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { converted } from './conversion.ts';

const cases: readonly (readonly [number, string, string, number])[] = [
  [5, 'km', 'miles', 3.106855961],
  [68, 'fahrenheit', 'celsius', 20],
  [100, '°C', 'F', 212],
  [0, 'celsius', 'kelvin', 273.15],
  [10, 'pounds', 'kg', 4.5359237],
  [1, 'stone', 'kg', 6.35029318],
  [2, 'tbsp', 'tsp', 6],
  [1, 'cup', 'ml', 236.5882365],
  [60, 'mph', 'km/h', 96.56064],
  [10, 'knots', 'kph', 18.52],
  [5, 'GB', 'megabytes', 5000],
  [3, 'weeks', 'days', 21],
  [90, 'minutes', 'hours', 1.5],
  [1, 'acre', 'square metres', 4046.86],
  [200, 'calories', 'kJ', 836.8],
  [1, 'light year', 'km', 9.4607304725808e12],
  [6, 'feet', 'cm', 182.88],
  [10, 'gallons', 'litres', 37.85411784],
  [1, 'atm', 'psi', 14.69594878],
  [180, 'degrees', 'radians', Math.PI],
  [1, 'kWh', 'kilojoules', 3600],
];

for (const [value, from, to, expected] of cases) {
  test(`${value} ${from} is ${expected} ${to}`, async () => {
    const found = await converted(value, from, to);
    assert.ok('value' in found, JSON.stringify(found));
    assert.ok(
      Math.abs(found.value - expected) < Math.max(1e-6, expected * 1e-5),
      String(found.value),
    );
  });
}

test('money, unknown units and other kinds are refused with the reason', async () => {
  const refusal = async (from: string, to: string): Promise<string> => {
    const found = await converted(1, from, to);
    return 'refusal' in found ? found.refusal : '';
  };
  assert.match(await refusal('USD', 'EUR'), /no exchange rates/);
  assert.match(await refusal('dollars', 'yen'), /no exchange rates/);
  assert.match(await refusal('blorps', 'km'), /unit "blorps"/);
  assert.match(await refusal('km', 'kg'), /km cannot be turned into kg/);
  assert.match(await refusal('km; import("fs")', 'm'), /do not know/);
});

test('there and back again is the same value', async () => {
  const pair = fc.constantFrom(
    ['km', 'miles'],
    ['celsius', 'fahrenheit'],
    ['kg', 'lbs'],
    ['knots', 'mph'],
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -1000, max: 100_000 }),
      pair,
      async (value, [from = '', to = '']) => {
        const there = await converted(value, from, to);
        assert.ok('value' in there);
        const back = await converted(there.value, to, from);
        assert.ok('value' in back && Math.abs(back.value - value) < 1e-6);
      },
    ),
  );
});
