// Owns the rules about what people say. Refuses to train anything.

import type { Concern, Finding } from './rule.ts';

const EXAMPLES_MIN = 10;

/** Slots lead to arguments, and there are enough examples. */
export const intents: Concern = ({ manifest }) =>
  manifest.provides.intents.flatMap((intent, at): readonly Finding[] => {
    const path = ['provides', 'intents', at];
    const tool = manifest.provides.tools.find(({ name }) => name === intent.tool);
    const properties = tool?.input['properties'];
    const known = typeof properties === 'object' && properties !== null ? properties : {};
    const used = intent.examples.flatMap((example) =>
      [...example.matchAll(/\{(\w+)\}/g)].map(([, slot = '']) => slot),
    );
    const undeclared = [...new Set(used)].filter((slot) => !Object.hasOwn(intent.slots, slot));
    const lost = Object.entries(intent.slots)
      .map(([name, slot]) => slot.argument ?? name)
      .filter((name) => tool !== undefined && !Object.hasOwn(known, name));
    const different = new Set(intent.examples.map((example) => example.toLowerCase())).size;
    return [
      ...undeclared.map((slot) => ({
        rule: 'intent-slots' as const,
        path: [...path, 'examples'],
        problem: `${intent.name}: {${slot}} is not declared`,
      })),
      ...lost.map((name) => ({
        rule: 'intent-slots' as const,
        path: [...path, 'slots'],
        problem: `${intent.name}: ${intent.tool} has no argument "${name}"`,
      })),
      ...(different < EXAMPLES_MIN
        ? [
            {
              rule: 'intent-examples' as const,
              path: [...path, 'examples'],
              problem: `${intent.name}: ${different}`,
            },
          ]
        : []),
    ];
  });
