// The tools of sample-plugin.

import { serve, tool } from './opencomputer-plugin/index.ts';

export const tools = [tool('sample_plugin_greet', greet)];

async function greet(input, context) {
  context.signal.throwIfAborted();
  const name = input.name.trim();
  if (!/\p{L}/u.test(name)) {
    return { status: 'refused', text: 'That is no name: it has no letter.' };
  }
  return { status: 'done', text: `Hello, ${name}!`, data: { name } };
}

if (import.meta.main) await serve(tools);
