// Owns what every manifest must keep beyond its schema: names that lead somewhere. Refuses to read
// files: it is given what the text of a manifest says.

import assert from 'node:assert/strict';
import { manifest } from '@opencomputer/contracts';
import type { IntentDeclaration, Manifest, ToolDeclaration } from '@opencomputer/contracts';
import type { ConformanceCase } from './tool.ts';

/** The cases for a manifest, as parsed from YAML or JSON. Give each to `test(name, run)`. */
export function manifestConformance(written: unknown): readonly ConformanceCase[] {
  const cases: Record<string, (provides: Manifest['provides']) => void> = {
    'the manifest is valid and has no unknown key': () => {
      const known = Object.keys(manifest.shape);
      assert.ok(typeof written === 'object' && written !== null);
      assert.deepEqual(unknownOf(Object.keys(written), known), []);
    },
    'no two tools and no two intents have the same name': ({ tools, intents }) => {
      assert.deepEqual(repeated(tools.map(({ name }) => name)), []);
      assert.deepEqual(repeated(intents.map(({ name }) => name)), []);
    },
    'a tool takes an object, and what it requires and its sinks are arguments': ({ tools }) => {
      for (const { name, input, sinks } of tools) {
        assert.equal(input['type'], 'object', name);
        const { required } = input;
        const wanted = [...sinks, ...(Array.isArray(required) ? required : [])];
        assert.deepEqual(unknownOf(wanted, argumentsOf(input)), [], name);
      }
    },
    'an intent hands arguments to a tool of its own': ({ tools, intents }) => {
      for (const intent of intents) {
        const tool = tools.find(({ name }) => name === intent.tool);
        assert.ok(tool, `${intent.name}: no tool "${intent.tool}"`);
        const given = Object.entries(intent.slots).map(([name, slot]) => slot.argument ?? name);
        const handed = [...given, ...Object.keys(intent.arguments)];
        assert.deepEqual(unknownOf(handed, argumentsOf(tool.input)), [], intent.name);
      }
    },
    'the examples of an intent differ, and their slots are declared': ({ intents }) => {
      for (const { name, examples, slots } of intents) {
        assert.deepEqual(repeated(examples), [], name);
        assert.deepEqual(unknownOf(slotsIn(examples), Object.keys(slots)), [], name);
      }
    },
    'an operation of a service is a tool of its own': ({ tools, services }) => {
      const operations = services.flatMap((service) => Object.values(service.operations));
      const names = tools.map(({ name }) => name);
      assert.deepEqual(unknownOf(operations, names), []);
    },
  };
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => check((await manifest.parseAsync(written)).provides),
  }));
}

function slotsIn(examples: IntentDeclaration['examples']): readonly string[] {
  return examples.flatMap((example) =>
    [...example.matchAll(/\{(\w+)\}/g)].map(([, slot = '']) => slot),
  );
}

function argumentsOf(input: ToolDeclaration['input']): readonly string[] {
  const { properties } = input;
  return typeof properties === 'object' ? Object.keys(properties ?? {}) : [];
}

function unknownOf(names: readonly unknown[], known: readonly string[]): readonly unknown[] {
  return names.filter((name) => !known.some((each) => each === name));
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
