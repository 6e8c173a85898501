// Owns the tools of this plugin and how a number reads in an answer. Refuses more digits than are right.

import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { tool } from '@opencomputer/plugin';
import type { PluginTool } from '@opencomputer/plugin';
import { computed } from './computation.ts';
import { converted } from './conversion.ts';

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [
  tool('calculator_compute', compute),
  tool('calculator_convert', convert),
];

const DIGITS_MAX = 12;
const CONVERTED_DIGITS_MAX = 6;
const PLAIN_MAX = 1e15;

async function compute(input: JsonObject): Promise<ToolOutcome> {
  const { expression } = input as unknown as { readonly expression: string };
  const found = await computed(expression);
  if ('refusal' in found) return { status: 'refused', text: found.refusal };
  const { value, total } = found;
  const asked = expression.trim().replace(/[\s=?]+$/, '');
  const all = total === undefined ? '' : ` (${numberText(total)} in all)`;
  const text = `${asked} = ${numberText(value)}${all}`;
  return { status: 'done', text, data: { value, ...(total === undefined ? {} : { total }) } };
}

async function convert(input: JsonObject): Promise<ToolOutcome> {
  const {
    value = 1,
    from,
    to,
  } = input as unknown as {
    readonly value?: number;
    readonly from: string;
    readonly to: string;
  };
  const found = await converted(value, from, to);
  if ('refusal' in found) return { status: 'refused', text: found.refusal };
  const result = numberText(found.value, CONVERTED_DIGITS_MAX);
  const text = `${numberText(value)} ${found.from} = ${result} ${found.to}`;
  return { status: 'done', text, data: { value: found.value, from: found.from, to: found.to } };
}

/** A number for people: at most `digitsMax` significant digits, thousands apart, `e` when very large. */
export function numberText(value: number, digitsMax: number = DIGITS_MAX): string {
  const whole = Number.isInteger(value) && Math.abs(value) < PLAIN_MAX;
  const rounded = whole ? value : Number(value.toPrecision(digitsMax));
  const size = Math.abs(rounded);
  if (size >= PLAIN_MAX || (size > 0 && size < 1e-6)) {
    return rounded.toExponential().replace('e+', 'e');
  }
  const [integer = '', fraction] = rounded.toString().split('.');
  const apart = integer.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}
