// Owns what follows from an item for the search: its hashed stems. Refuses to keep anything that an
// intact item cannot give again.

import type { DerivedTable, PersonSeal } from '@opencomputer/contracts/internal';
import type { MemoryIndexTable } from './tables.ts';

/** The entry of the index for an item. */
export function indexEntry(seal: PersonSeal, id: string, text: string): MemoryIndexTable {
  return { item: id, person: seal.personId, stems: seal.stems(text).join(' ') };
}

/** The index, for whoever makes it anew on SQLite. */
export const memoryDerived: readonly DerivedTable[] = [
  {
    table: 'memory_index',
    from: 'memory_items',
    make: (row, seal) => {
      const id = String(row['id']);
      const payload = row['payload'] instanceof Uint8Array ? row['payload'] : new Uint8Array();
      const text = Buffer.from(seal.open({ table: 'memory_items', rowId: id }, payload));
      const { item, person, stems } = indexEntry(seal, id, text.toString('utf8'));
      const sql = 'insert into memory_index (item, person, stems) values (?, ?, ?)';
      return { sql, parameters: [item, person, stems] };
    },
  },
];
