// Owns the rules about what is said of the plugin as a whole. Refuses to judge words.

import { satisfies } from '@opencomputer/agent/authoring';
import { VERSION } from '../../version.ts';
import type { Concern } from './rule.ts';

/** Licence, README, and the version of the framework. */
export const about: Concern = ({ manifest, files }) => [
  ...(satisfies(VERSION, manifest.framework_version)
    ? []
    : [
        {
          rule: 'framework-version' as const,
          path: ['framework_version'],
          problem: `"${manifest.framework_version}" does not take ${VERSION}`,
        },
      ]),
  ...(manifest.licence === undefined
    ? [{ rule: 'about-licence' as const, path: [], problem: 'no licence is named' }]
    : []),
  ...(files.some((file) => file.toLowerCase() === 'readme.md')
    ? []
    : [{ rule: 'about-readme' as const, path: [], problem: 'there is no README.md' }]),
];
