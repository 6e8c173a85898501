// Owns the time of reminders: one workflow sleeps until the next is due and has it fired. Refuses to
// know them: they stand in the database, and this is told when to look again.

import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { wakeSignal } from './names.ts';
import { insist, quick } from './steps.ts';

/** It looks at least this often: whoever kept a timer may have died before it said so. */
const lookMsMax = 60_000;

/** Fires timers for ever. */
export async function timers(): Promise<void> {
  let isNews = false;
  setHandler(wakeSignal, () => {
    isNews = true;
  });
  while (!workflowInfo().continueAsNewSuggested) {
    isNews = false;
    const delayMs = await insist(() => quick.fireTimers(), Number.POSITIVE_INFINITY);
    await condition(() => isNews, Math.min(Math.max(1, delayMs), lookMsMax));
  }
  await continueAsNew<typeof timers>();
}
