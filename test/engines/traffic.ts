import { setTimeout as sleep } from 'node:timers/promises';

export interface TrafficOptions {
  /** Where orders are placed. */
  readonly url: string;
  /** Requests in a second. */
  readonly rate: number;
  readonly random: () => number;
}

/** How much of it cancels an earlier order. */
const CANCELLING = 0.2;
/** What waits for an answer at the most; more customers than that turn round at the door. */
const AT_ONCE = 200;
const TIME_LIMIT_MS = 15_000;
const TICK_MS = 10;

/** Customers at a steady rate, whatever becomes of them. They remember what they were promised. */
export class Traffic {
  readonly promised = { placed: new Set<number>(), cancelled: new Set<number>() };
  /** Answers that nothing that was done to the cafe explains. */
  readonly odd: string[] = [];
  readonly counts = { asked: 0, refused: 0, unheard: 0, turnedAway: 0 };
  /** How often which code was the reason. */
  readonly #reasons = new Map<string, number>();
  readonly #options: TrafficOptions;
  readonly #cancellable: number[] = [];
  readonly #end = new AbortController();
  readonly #asking = new Set<Promise<void>>();
  #running: Promise<void> | undefined;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  get summary(): string {
    const { placed, cancelled } = this.promised;
    const { asked, refused, unheard, turnedAway } = this.counts;
    const reasons = [...this.#reasons].map(([code, times]) => `${code} ${times}`);
    return `${asked} requests: ${placed.size} orders placed, ${cancelled.size} cancelled, ${refused} refused (${reasons.join(', ') || 'none'}), ${unheard} without an answer, ${turnedAway} not sent (too many waiting)`;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Sends no more, and waits for the answers to what was sent. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
    await Promise.all(this.#asking);
  }

  async #run(): Promise<void> {
    const begin = performance.now();
    for (let sent = 0; !this.#end.signal.aborted; await sleep(TICK_MS)) {
      const due = ((performance.now() - begin) / 1000) * this.#options.rate;
      for (; sent < due; sent++) {
        if (this.#asking.size >= AT_ONCE) {
          this.counts.turnedAway++;
          continue;
        }
        const asking: Promise<void> = this.#ask().finally(() => this.#asking.delete(asking));
        this.#asking.add(asking);
      }
    }
  }

  #ask(): Promise<void> {
    const { random } = this.#options;
    const all = this.#cancellable;
    if (all.length === 0 || random() >= CANCELLING) return this.#order();
    // each is cancelled once
    const place = Math.floor(random() * all.length);
    const id = all[place]!;
    all[place] = all.at(-1)!;
    all.pop();
    return this.#cancel(id);
  }

  async #order(): Promise<void> {
    const qty = 1 + Math.floor(this.#options.random() * 3);
    const order = await this.#send('POST', '/orders', { product: 'coffee', qty, cost: qty * 1000 });
    if (order === undefined) return;
    this.promised.placed.add(order.id);
    this.#cancellable.push(order.id);
  }

  async #cancel(id: number): Promise<void> {
    if (await this.#send('PATCH', `/orders/${id}`, { status: 'OrderCancelled' }))
      this.promised.cancelled.add(id);
  }

  async #send(method: string, path: string, body: object): Promise<{ id: number } | undefined> {
    this.counts.asked++;
    try {
      const answer = await fetch(this.#options.url + path, {
        method,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      if (answer.ok) return (await answer.json()) as { id: number };
      const text = await answer.text();
      // it may have been done or not; the audit sees to it that it was done as a whole or not at all
      if (answer.status === 503) this.#refused(text);
      else this.odd.push(`${method} ${path}: ${answer.status} ${text}`);
    } catch {
      this.counts.unheard++;
    }
    return undefined;
  }

  #refused(problem: string): void {
    this.counts.refused++;
    const code = /"code":"(\w+)"/.exec(problem)?.[1] ?? 'without a code';
    this.#reasons.set(code, (this.#reasons.get(code) ?? 0) + 1);
  }
}
