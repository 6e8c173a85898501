// Owns the form in which failures reach Temporal's server: message and stack are payloads like any
// other, so the codec seals them. Refuses anything but the default otherwise.

import { DefaultFailureConverter } from '@temporalio/common';
import type { FailureConverter } from '@temporalio/common';

/** Found by this name where Temporal loads it, also inside workflows. */
export const failureConverter: FailureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: true,
});
