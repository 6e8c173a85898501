// Owns what a tool says of itself, as counted terms: its name, description and parameters, each with
// its weight. Refuses to know the other tools.

import type { InstalledTool } from '@opencomputer/contracts/internal';
import { conceptsOf } from './synonyms.ts';
import { termsOf } from './terms.ts';

/** The terms of one tool. */
export interface ToolText {
  /** Stems with how often they occur, by the weight of their place. */
  readonly counts: ReadonlyMap<string, number>;
  /** Stems of the name, each once. */
  readonly name: readonly string[];
  /** Pairs of stems that follow each other in the name or at the start of the description. */
  readonly pairs: ReadonlySet<string>;
  /** Groups of synonyms that the name and the start of the description belong to. */
  readonly concepts: ReadonlySet<string>;
  /** Stems of the parameters' names. */
  readonly parameters: ReadonlySet<string>;
  /** Parameters that a call must have. */
  readonly required: number;
}

const weights = { plugin: 1.5, name: 3, description: 1, parameter: 0.75, detail: 0.5 };
/** What is read of a text, in characters; what a tool does is said first. */
const descriptionCharactersMax = 600;
const detailCharactersMax = 200;
const introductionCharactersMax = 160;
const parametersMax = 64;
const choicesMax = 30;
const depthMax = 3;

/** Reads one tool; linear in what is read of its text. */
export function readTool({ plugin, declaration }: InstalledTool): ToolText {
  const counts = new Map<string, number>();
  const count = (terms: readonly string[], weight: number): void => {
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + weight);
  };
  const name = termsOf(declaration.name);
  const description = declaration.description.slice(0, descriptionCharactersMax);
  count(termsOf(plugin), weights.plugin);
  count(name, weights.name);
  count(termsOf(description), weights.description);
  const parameters = new Set<string>();
  for (const { name: parameter, detail } of parametersOf(declaration.input)) {
    const terms = termsOf(parameter);
    for (const term of terms) parameters.add(term);
    count(terms, weights.parameter);
    count(termsOf(detail), weights.detail);
  }
  const introduction = termsOf(introductionOf(description));
  const opening = [...name, ...introduction];
  const { required } = declaration.input;
  return {
    counts,
    name: [...new Set(name)],
    pairs: pairsOf(opening),
    concepts: new Set(opening.flatMap((term) => conceptsOf.get(term) ?? [])),
    parameters,
    required: Array.isArray(required) ? required.length : 0,
  };
}

/** Neighbours, as one text each. */
export function pairsOf(terms: readonly string[]): ReadonlySet<string> {
  return new Set(terms.slice(1).map((term, position) => `${terms[position]} ${term}`));
}

function introductionOf(description: string): string {
  const [sentence = ''] = description.split(/(?<=[\p{L})])[.!?]\s/u, 1);
  return sentence.slice(0, introductionCharactersMax);
}

interface Parameter {
  readonly name: string;
  readonly detail: string;
}

/** The parameters of a schema with those inside of objects and lists, the outer ones first. */
function parametersOf(schema: unknown): readonly Parameter[] {
  const found: Parameter[] = [];
  let level: readonly unknown[] = [schema];
  for (let depth = 0; depth < depthMax && level.length > 0; depth += 1) {
    const inner: unknown[] = [];
    for (const one of level) {
      const properties = recordOf(recordOf(one)?.['properties']);
      for (const [name, value] of Object.entries(properties ?? {})) {
        if (found.length >= parametersMax) return found;
        found.push({ name, detail: detailOf(recordOf(value)) });
        inner.push(value, recordOf(value)?.['items']);
      }
    }
    level = inner;
  }
  return found;
}

function detailOf(schema: Readonly<Record<string, unknown>> | undefined): string {
  const { description, enum: choices } = schema ?? {};
  const said = typeof description === 'string' ? description.slice(0, detailCharactersMax) : '';
  const chosen = Array.isArray(choices)
    ? choices.slice(0, choicesMax).filter((choice) => typeof choice === 'string')
    : [];
  return [said, ...chosen.map((choice) => choice.slice(0, detailCharactersMax))].join(' ');
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
