// Owns the rules about what is asked for. Refuses to know whether it is used: that is seen when it runs.

import type { Concern, Finding } from './rule.ts';

/** Hosts and paths that stand for everything. */
export const permissions: Concern = ({ manifest }) => {
  const { network, files } = manifest.permissions;
  const wide = (values: readonly string[], path: readonly string[]): readonly Finding[] =>
    values.flatMap((value, at) =>
      ['*', '/', '~', '~/'].includes(value)
        ? [{ rule: 'permission-wide', path: [...path, at], problem: `"${value}" is everything` }]
        : [],
    );
  return [
    ...wide(network, ['permissions', 'network']),
    ...wide(files.read, ['permissions', 'files', 'read']),
    ...wide(files.write, ['permissions', 'files', 'write']),
  ];
};
