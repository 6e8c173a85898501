// Owns the answer of another tool for one that failed, as its manifest declares it. Refuses to hide
// that: whoever reads the outcome is told which tool answered.

import type { JsonObject, ToolDeclaration, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions, InstalledTool } from '@opencomputer/contracts/internal';
import { chainOf } from './services.ts';
import type { ServiceRunner } from './services.ts';

/** A call that failed. */
export interface FailedCall {
  /** The plugin whose tool failed. */
  readonly asking: string;
  readonly failed: ToolDeclaration;
  readonly outcome: ToolOutcome;
  readonly input: JsonObject;
  readonly options: CallOptions;
  readonly run: ServiceRunner;
}

/**
 * Asks the fallback with the same arguments, through policy. The outcome of the failed call stays when
 * the fallback is missing, is a tool of the same plugin or of one that waits already, or failed too.
 */
export async function answerOfAnother(
  other: InstalledTool | undefined,
  call: FailedCall,
): Promise<ToolOutcome> {
  const { asking, failed, outcome, input, options, run } = call;
  const chain = [...chainOf(options), asking];
  if (other === undefined || chain.includes(other.plugin)) return outcome;
  const { name } = other.declaration;
  const idempotencyKey = `${options.idempotencyKey}/fallback`;
  const answer = await run(other.plugin, name, {
    input,
    options: { ...options, idempotencyKey, chain },
  });
  if (answer.status === 'failed') return outcome;
  return { ...answer, text: `${answer.text}\n(${failed.name} failed; ${name} answered.)` };
}
