// Owns what a rule of the linter is given and gives. Refuses rules that look outside the plugin.

import type { Manifest } from '@opencomputer/contracts';
import type { ValuePath } from '@opencomputer/agent/authoring';
import type { RuleId } from './rules.ts';

/** What rules look at. */
export interface LintSubject {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Names of what lies in the plugin's folder itself. */
  readonly files: readonly string[];
}

/** Something that a rule found; `path` leads to it in the manifest. */
export interface Finding {
  readonly rule: RuleId;
  readonly path: ValuePath;
  readonly problem: string;
}

/** The rules of one concern. */
export type Concern = (subject: LintSubject) => readonly Finding[];
