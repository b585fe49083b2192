import type { AbandonedCall } from '../../store/call-intents.js';

/** How many calls of one client are undone at once. */
const AT_ONCE = 8;
/** The most that wait here for one client. */
const MAX_WAITING = 200;

/** Undoes calls, those of each client by themselves: one that is dead, or has many to undo, holds up no other. */
export class UndoQueues {
  readonly #waiting = new Map<string, AbandonedCall[]>();
  readonly #running = new Map<string, Set<Promise<void>>>();
  /** The calls that wait here or are being undone. */
  readonly #known = new Set<string>();

  /** @param undo never rejects */
  constructor(private readonly undo: (call: AbandonedCall) => Promise<void>) {}

  /** Takes a call, unless it is here already or too many of its client are: it comes again. */
  add(call: AbandonedCall): void {
    const client = call.operation.slice(0, call.operation.indexOf('.'));
    const waiting = this.#waiting.get(client) ?? [];
    if (this.#known.has(call.id) || waiting.length >= MAX_WAITING) return;
    this.#known.add(call.id);
    this.#waiting.set(client, waiting);
    waiting.push(call);
    this.#fill(client);
  }

  /** Drops what waits; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    for (const waiting of this.#waiting.values()) waiting.length = 0;
    await Promise.all([...this.#running.values()].flatMap((running) => [...running]));
  }

  #fill(client: string): void {
    const waiting = this.#waiting.get(client)!;
    const running = this.#running.get(client) ?? new Set();
    this.#running.set(client, running);
    while (running.size < AT_ONCE && waiting.length > 0) {
      const call = waiting.shift()!;
      const undoing = this.undo(call).finally(() => {
        running.delete(undoing);
        this.#known.delete(call.id);
        this.#fill(client);
      });
      running.add(undoing);
    }
  }
}
