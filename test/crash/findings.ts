/** How many examples of one finding are named. */
const EXAMPLES = 5;

/** What an audit has found wrong: nothing, if all is well. */
export class Findings {
  readonly #lines: string[] = [];

  /** Notes what should not be there. */
  none(what: string, found: Iterable<unknown>): void {
    const all = [...found];
    if (all.length === 0) return;
    const examples = all
      .slice(0, EXAMPLES)
      .map((one) => (typeof one === 'object' ? JSON.stringify(one) : one));
    this.#lines.push(`${what}: ${examples.join(', ')}${all.length > EXAMPLES ? ` … (${all.length})` : ''}`);
  }

  /** Notes what is missing and what is too much, where each of `expected` shall be there once. */
  same(what: string, found: Iterable<number | string>, expected: Iterable<number | string>): void {
    const counts = new Map<number | string, number>();
    for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
    const missing = [];
    for (const one of expected) {
      const left = counts.get(one) ?? 0;
      if (left === 0) missing.push(one);
      else counts.set(one, left - 1);
    }
    this.none(`${what}: missing`, missing);
    this.none(
      `${what}: too many`,
      [...counts].filter(([, left]) => left > 0).map(([one]) => one),
    );
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
