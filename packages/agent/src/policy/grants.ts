// Owns grants as a person writes them down: `plugin/tool` in the configuration. Refuses a tool without
// its plugin, because an equally named tool of another plugin must not be meant by it.

import type { Grant } from '@opencomputer/contracts';

/** The grants of `policy.allow`; a text without a plugin grants nothing. */
export function grantsOf(allowed: readonly string[]): readonly Grant[] {
  return allowed.flatMap((text): Grant[] => {
    const [plugin = '', tool = '', ...more] = text.split('/');
    if (plugin === '' || tool === '' || more.length > 0) return [];
    return [{ type: 'tool', plugin, tool }];
  });
}
