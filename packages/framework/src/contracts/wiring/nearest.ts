/** The one that is written most alike; undefined when there is none. The first of several. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const other of words) {
    const distance = editDistance(word, other);
    if (best === undefined || distance < best.distance) best = { word: other, distance };
  }
  return best?.word;
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let place = 0; place < from.length; place++) {
    const next = [place + 1];
    for (let at = 0; at < to.length; at++) {
      const change = row[at]! + (from[place] === to[at] ? 0 : 1);
      next.push(Math.min(change, row[at + 1]! + 1, next[at]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
