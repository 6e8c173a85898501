// Owns what is kept about a person across conversations: remember, recall with reasons, forget.
// Refuses to act on what it recalls, and to return anything of another person's.

import { AgentError } from '@opencomputer/contracts';
import type { IdentifierSource, Memory, MemoryItem, Recalled } from '@opencomputer/contracts';
import type { Database, PersonSeal, Sealing, Statement } from '@opencomputer/contracts/internal';
import { indexEntry } from './derived.ts';
import { searchStatement } from './search.ts';
import type { FoundItem } from './search.ts';
import type { MemoryTable, MemoryTables } from './tables.ts';

/** An item is at most this long. */
export const itemCharactersMax = 8_000;

/** What a memory is made of. */
export interface MemoryParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly identifier: IdentifierSource;
}

/** A memory over the store. */
export function createMemory(parts: MemoryParts): Memory {
  const { database, sealing } = parts;
  return {
    remember: async (person, item) => {
      const text = item.text.trim();
      if (text === '' || text.length > itemCharactersMax) {
        const problem = `a text of 1 to ${itemCharactersMax} characters is kept`;
        throw new AgentError('INPUT_INVALID', { problem });
      }
      const seal = await sealing.person(person);
      const known = item.id === undefined ? [] : await newest(database, { person, id: item.id });
      const [first] = known.map((row) => recalled(seal, row, []).item);
      if (first !== undefined) return first;
      const kept: MemoryItem = { ...item, text, id: item.id ?? parts.identifier() };
      await database.write(keep(database, seal, kept));
      return kept;
    },
    recall: async (person, query, budget) => {
      const seal = await sealing.person(person);
      const stems = [...new Set(seal.stems(query))];
      const limit = budget.itemsMax;
      const found =
        stems.length === 0
          ? await newest(database, { person, limit })
          : await database.read<FoundItem>(searchStatement(database, { person, stems, limit }));
      return within(
        found.map((row) => recalled(seal, row, stems)),
        budget.charactersMax,
      );
    },
    forget: async (person, selector) => {
      const query = database.query.$extendTables<MemoryTables>();
      const own = query.selectFrom('memory_items').select('id').where('person', '=', person);
      const chosen =
        'id' in selector
          ? own.where('id', '=', selector.id)
          : 'source' in selector
            ? own.where('source', '=', selector.source)
            : own;
      const ids = (await chosen.execute()).map(({ id }) => id);
      for (let start = 0; start < ids.length; start += forgetBatch) {
        const batch = ids.slice(start, start + forgetBatch);
        await database.write([
          query.deleteFrom('memory_index').where('item', 'in', batch).compile(),
          query.deleteFrom('memory_items').where('id', 'in', batch).compile(),
        ]);
      }
      return ids.length;
    },
  };
}

const forgetBatch = 500;

/** A person's newest items, or the one of an id. */
async function newest(
  database: Database,
  { person, id, limit = 1 }: { person: string; id?: string; limit?: number },
): Promise<readonly FoundItem[]> {
  const query = database.query.$extendTables<MemoryTables>();
  const own = query.selectFrom('memory_items').selectAll().where('person', '=', person);
  const chosen = id === undefined ? own : own.where('id', '=', id);
  const rows = await chosen.orderBy('at', 'desc').limit(limit).execute();
  return rows.map((row) => ({ ...row, score: 0 }));
}

function keep(database: Database, seal: PersonSeal, item: MemoryItem): readonly Statement[] {
  const { id, source, trust, at, text } = item;
  const person = seal.personId;
  const payload = seal.seal({ table: 'memory_items', rowId: id }, Buffer.from(text));
  const query = database.query.$extendTables<MemoryTables>();
  const row: MemoryTable = { id, person, source, trust, at, payload };
  return [
    query.insertInto('memory_items').values(row).compile(),
    query
      .insertInto('memory_index')
      .values(indexEntry(seal, id, text))
      .compile(),
  ];
}

function recalled(seal: PersonSeal, row: FoundItem, stems: readonly string[]): Recalled {
  const { id, source, trust, at } = row;
  const bytes = seal.open({ table: 'memory_items', rowId: id }, row.payload);
  const text = Buffer.from(bytes).toString('utf8');
  const own = new Set(seal.stems(text));
  const shared = stems.filter((stem) => own.has(stem)).length;
  return {
    item: { id, text, source, trust: trustOf(trust), at: Number(at) },
    score: Number(row.score),
    reason: stems.length === 0 ? 'newest' : `${shared} of ${stems.length} words`,
  };
}

function trustOf(value: string): MemoryItem['trust'] {
  return value === 'user' || value === 'trusted' ? value : 'untrusted';
}

function within(items: readonly Recalled[], charactersMax: number): readonly Recalled[] {
  let characters = 0;
  return items.filter(({ item }) => {
    characters += item.text.length;
    return characters <= charactersMax;
  });
}
