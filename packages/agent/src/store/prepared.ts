// Owns statements compiled once and filled in many times.
// Refuses a slot that did not reach the parameters: it would have become part of the SQL text.

import { AgentError } from '@opencomputer/contracts';
import type { ParameterSlot, Statement, StatementSource } from '@opencomputer/contracts/internal';

/** Stands in the parameters of a compiled statement for the value of that name. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** See `Database.prepare`. Throws STORE_FAILED when a slot was lost in compiling. */
export function prepare<P extends object>(
  build: (parameter: ParameterSlot<P>) => StatementSource,
): (parameters: P) => Statement {
  const asked = new Set<string>();
  const parameter: ParameterSlot<P> = (name) => {
    asked.add(name);
    // Kysely passes values it does not know to the parameters untouched: that is where it is found.
    return new Slot(name) as unknown as P[typeof name];
  };
  const { sql, parameters: template } = build(parameter).compile();
  for (const part of template) if (part instanceof Slot) asked.delete(part.name);
  if (asked.size > 0) {
    const problem = `the slots ${[...asked].join(', ')} are not values of the statement`;
    throw new AgentError('STORE_FAILED', { problem });
  }
  return (parameters) => {
    const values = parameters as Readonly<Record<string, unknown>>;
    return {
      sql,
      parameters: template.map((part) => (part instanceof Slot ? values[part.name] : part)),
    };
  };
}
