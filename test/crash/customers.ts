import type { Promised } from './cafe-audit.ts';

/** Orders and cancellations of one visit. */
const AT_ONCE = 3;

/** Customers who order and cancel, and remember what they were promised. */
export class Customers {
  readonly promised: Promised & { readonly placed: Set<number>; readonly cancelled: Set<number> } = {
    placed: new Set(),
    cancelled: new Set(),
  };
  /** Those whose cancellation was asked for, whatever came of it. */
  readonly #asked = new Set<number>();
  #refused = 0;
  #unheard = 0;

  readonly #url: string;
  readonly #random: () => number;

  constructor(url: string, random: () => number) {
    this.#url = url;
    this.#random = random;
  }

  get summary(): string {
    const { placed, cancelled } = this.promised;
    return `${placed.size} orders placed, ${cancelled.size} cancelled, ${this.#refused} refused, ${this.#unheard} without an answer`;
  }

  /** Some order, one after the other; meanwhile some who have ordered before cancel. */
  async comeAndGo(): Promise<void> {
    const candidates = [...this.promised.placed].filter((id) => !this.#asked.has(id));
    const id = candidates[Math.floor(this.#random() * candidates.length)];
    const cancels = id !== undefined && this.#random() < 0.6;
    await Promise.all([...Array.from({ length: AT_ONCE }, () => this.#order()), cancels && this.#cancel(id)]);
  }

  async #order(): Promise<void> {
    const answer = await this.#ask('POST', '/orders', { product: 'coffee', qty: 1, cost: 1000 });
    if (answer) this.promised.placed.add(answer.id);
  }

  async #cancel(id: number): Promise<void> {
    this.#asked.add(id);
    if (await this.#ask('PATCH', `/orders/${id}`, { status: 'OrderCancelled' }))
      this.promised.cancelled.add(id);
  }

  async #ask(method: string, path: string, body: object): Promise<{ id: number } | undefined> {
    try {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const answer = await fetch(this.#url + path, { method, headers, body: JSON.stringify(body) });
      const json = (await answer.json()) as { id: number };
      if (answer.ok) return json;
      // payment is down, or order itself is not up yet: said, and nothing done
      if (answer.status !== 503)
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
      this.#refused++;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#unheard++;
    }
    return undefined;
  }
}
