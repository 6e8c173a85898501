// Owns the measures of ranked lists against the right entries: recall, nDCG, reciprocal rank. Refuses
// to rank.

/** A ranking, best first, and what should be in it. */
export interface Judged {
  readonly ranked: readonly number[];
  /** At least one. */
  readonly right: ReadonlySet<number>;
}

/** Means over all queries: recall and nDCG as percentages, the reciprocal rank from 0 to 1. */
export function judge(queries: readonly Judged[]): Record<string, number> {
  const mean = (value: (query: Judged) => number): number =>
    queries.reduce((sum, query) => sum + value(query), 0) / Math.max(1, queries.length);
  const percentage = (share: number): number => Math.round(share * 10_000) / 100;
  return {
    'recall@1': percentage(mean((query) => recall(query, 1))),
    'recall@5': percentage(mean((query) => recall(query, 5))),
    'recall@10': percentage(mean((query) => recall(query, 10))),
    'ndcg@10': percentage(mean((query) => gain(query, 10))),
    mrr: Math.round(mean(reciprocalRank) * 10_000) / 10_000,
  };
}

function recall({ ranked, right }: Judged, depth: number): number {
  return ranked.slice(0, depth).filter((one) => right.has(one)).length / right.size;
}

/** Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin and Kekäläinen, 2002). */
function gain({ ranked, right }: Judged, depth: number): number {
  const discount = (place: number): number => 1 / Math.log2(place + 2);
  let [reached, ideal] = [0, 0];
  for (let place = 0; place < depth; place += 1) {
    const one = ranked[place];
    if (one !== undefined && right.has(one)) reached += discount(place);
    if (place < right.size) ideal += discount(place);
  }
  return reached / ideal;
}

function reciprocalRank({ ranked, right }: Judged): number {
  const place = ranked.findIndex((one) => right.has(one));
  return place < 0 ? 0 : 1 / (place + 1);
}
