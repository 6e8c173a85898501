// Owns what is said about who signed a release: what is asked when the key is another, what is told
// when it is seen first. Refuses to judge who the publisher is: a key has no name.

import type { PluginConsent, PluginRelease } from '@opencomputer/contracts/internal';

/** What needs a person's yes: another key than before, or none any more. */
export function publisherAsks(before: PluginConsent, after: PluginConsent): readonly string[] {
  if (before.publisher === undefined || before.publisher === after.publisher) return [];
  const was = shown(before.publisher);
  return after.publisher === undefined
    ? [`run code that nobody signed; before, key ${was} did`]
    : [`run code that another key signed: ${shown(after.publisher)}, before it was ${was}`];
}

/** What a person should know: a key that is seen for the first time, or that there is none. */
export function publisherWarnings(
  before: PluginConsent | undefined,
  { consent, source }: PluginRelease,
): readonly string[] {
  const { publisher } = consent;
  if (publisher !== undefined && before?.publisher === undefined) {
    const later = 'a version by another key will be asked about';
    return [`signed by key ${shown(publisher)}, seen for the first time; ${later}`];
  }
  const isBare = publisher === undefined && before === undefined && source.type === 'oci';
  return isBare ? ['nobody has signed it'] : [];
}

/** Enough of a key's id to be compared. */
function shown(id: string): string {
  return id.slice(0, 32);
}
