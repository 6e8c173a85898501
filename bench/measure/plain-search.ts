// Owns the search that others are compared to: plain BM25 over the words of texts, as in textbooks.
// Refuses stems, fields and stop words, which are what is compared.

const saturation = 1.2;
const lengthWeight = 0.75;

/** A search over texts: positions of those that share a word with the query, best first. */
export function plainSearch(texts: readonly string[]): (query: string, limit: number) => number[] {
  const documents = texts.map(wordsOf);
  const total = documents.reduce((sum, { length }) => sum + length, 0);
  const postings = new Map<string, Map<number, number>>();
  for (const [position, words] of documents.entries()) {
    for (const word of words) {
      const counts = postings.get(word) ?? new Map<number, number>();
      postings.set(word, counts.set(position, (counts.get(position) ?? 0) + 1));
    }
  }
  return (query, limit) => {
    const scores = new Map<number, number>();
    for (const word of wordsOf(query)) {
      const counts = postings.get(word) ?? new Map<number, number>();
      const rarity = Math.log(1 + (texts.length - counts.size + 0.5) / (counts.size + 0.5));
      for (const [position, count] of counts) {
        const relative = ((documents[position]?.length ?? 0) * texts.length) / total;
        const norm = saturation * (1 - lengthWeight + lengthWeight * relative);
        const gain = (rarity * count * (saturation + 1)) / (count + norm);
        scores.set(position, (scores.get(position) ?? 0) + gain);
      }
    }
    return [...scores]
      .toSorted(([left, high], [right, low]) => low - high || left - right)
      .slice(0, limit)
      .map(([position]) => position);
  };
}

function wordsOf(text: string): readonly string[] {
  const apart = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return apart.match(/\p{L}+|\p{N}+/gu) ?? [];
}
