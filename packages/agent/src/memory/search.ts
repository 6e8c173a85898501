// Owns the search over hashed stems on both databases: BM25 by FTS5, ts_rank_cd on PostgreSQL.
// Refuses stems that are not hashes, since they become part of a query expression.

import { AgentError } from '@opencomputer/contracts';
import type { Database, Statement } from '@opencomputer/contracts/internal';
import type { MemoryTable } from './tables.ts';

/** A row of a search; a higher score is better. */
export type FoundItem = MemoryTable & { readonly score: number };

const stemsMax = 64;

/** The statement that finds a person's items by any of the stems, best first. */
export function searchStatement(
  { dialect }: Pick<Database, 'dialect'>,
  search: { readonly person: string; readonly stems: readonly string[]; readonly limit: number },
): Statement {
  const stems = search.stems.slice(0, stemsMax);
  if (stems.some((stem) => !/^[0-9a-f]{16}$/.test(stem))) {
    throw new AgentError('INTERNAL', { problem: 'a search term is not a keyed hash' });
  }
  const columns = 'm.id, m.person, m.source, m.trust, m.at, m.payload';
  if (dialect === 'sqlite') {
    return {
      sql: `select ${columns}, -bm25(memory_index) as score
        from memory_index join memory_items m on m.id = memory_index.item
        where memory_index match ? and m.person = ? order by score desc, m.at desc limit ?`,
      parameters: [`stems : (${stems.join(' OR ')})`, search.person, search.limit],
    };
  }
  return {
    sql: `select ${columns}, ts_rank_cd(to_tsvector('simple', i.stems), q.query) as score
      from memory_index i join memory_items m on m.id = i.item,
        (select to_tsquery('simple', $1) as query) q
      where to_tsvector('simple', i.stems) @@ q.query and m.person = $2
      order by score desc, m.at desc limit $3`,
    parameters: [stems.join(' | '), search.person, search.limit],
  };
}
