// Owns that damage which an ordinary read meets comes into the list of damage, whatever the reader
// makes of the error. Refuses to swallow one: the reader gets it all the same.

import type { PersonSeal, RowProofs, Sealing } from '@opencomputer/contracts/internal';

/** The sealing that components get; `note` is told of each error, and must not throw. */
export function notingSealing(sealing: Sealing, note: (error: unknown) => void): Sealing {
  const known = new WeakMap<PersonSeal, PersonSeal>();
  const noting = <Result>(read: () => Result): Result => {
    try {
      return read();
    } catch (error) {
      note(error);
      throw error;
    }
  };
  const wrapped = (seal: PersonSeal): PersonSeal => {
    const made = known.get(seal) ?? {
      ...seal,
      open: (place, sealed) => noting(() => seal.open(place, sealed)),
    };
    known.set(seal, made);
    return made;
  };
  return {
    ...sealing,
    person: (personId) =>
      sealing.person(personId).then(wrapped, (error: unknown) => {
        note(error);
        throw error;
      }),
    rows: (table): RowProofs => {
      const proofs = sealing.rows(table);
      return { ...proofs, check: (row) => noting(() => proofs.check(row)) };
    },
  };
}
