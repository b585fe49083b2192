import { Latch } from '../kernel/latch.js';
import { crashProcess } from './crash-process.js';

/** Which call of a point meets the fault. */
export interface WhichCall<A extends readonly unknown[]> {
  /** Only calls with such arguments count. Default: all. */
  readonly where?: (...args: A) => boolean;
  /** The how-manieth of them from now on. Default: 1, the next. */
  readonly nth?: number;
}

/** As {@link WhichCall}, for faults that may also stand behind the call. */
export interface WhichSide<A extends readonly unknown[]> extends WhichCall<A> {
  /** The call is made, and its answer meets the fault. Default: the fault comes first. */
  readonly after?: boolean;
}

/** A fault that waits for its call. */
export interface ArmedFault {
  /** Resolves when the call has met it. */
  readonly reached: Promise<void>;
}

/** A call that is held where it is. */
export interface Hold extends ArmedFault {
  /** Lets it go on. A second call does nothing. */
  release(): void;
}

interface Fault {
  readonly point: string;
  readonly after: boolean;
  readonly fits: (args: readonly unknown[]) => boolean;
  readonly reached: Latch;
  left: number;
  act(): Promise<void> | void;
}

/**
 * The points at which a decorator around a port can let things go wrong. `C` names each point with the arguments of its
 * call. A fault is met once and then gone; several may be armed at once.
 */
export class FaultPoints<C extends { readonly [P in keyof C]: readonly unknown[] }> {
  #faults: Fault[] = [];
  #crashAnywhere: ((where: string) => void) | undefined;

  /** The call rejects with `error`: instead of being made, or (`after`) although it was made, as when its answer is lost. */
  failNext<P extends keyof C & string>(point: P, error: Error, which: WhichSide<C[P]> = {}): ArmedFault {
    return this.#arm(point, which.after ?? false, which, () => Promise.reject(error));
  }

  /** The call waits until it is released. */
  holdNext<P extends keyof C & string>(point: P, which: WhichSide<C[P]> = {}): Hold {
    const gate = new Latch();
    const { reached } = this.#arm(point, which.after ?? false, which, () => gate.opened);
    return { reached, release: () => gate.open() };
  }

  /** The process is killed just before the call is made. */
  crashBefore<P extends keyof C & string>(point: P, which: WhichCall<C[P]> = {}): void {
    this.#arm(point, false, which, () => crashProcess(`before ${point}`));
  }

  /** The process is killed just after the call has succeeded, before anybody hears of it. */
  crashAfter<P extends keyof C & string>(point: P, which: WhichCall<C[P]> = {}): void {
    this.#arm(point, true, which, () => crashProcess(`after ${point}`));
  }

  /**
   * The process is killed before or after any call, each time with that probability.
   * @param random uniform in [0, 1); a seeded one makes the deaths repeatable, as far as the order of the calls is
   */
  crashAtRandom(random: () => number, probability: number): void {
    this.#crashAnywhere = (where) => {
      if (random() < probability) crashProcess(where);
    };
  }

  /** Takes back all faults that were not met. */
  disarm(): void {
    this.#faults = [];
    this.#crashAnywhere = undefined;
  }

  /** Makes a call with its faults around it. */
  protected async around<P extends keyof C & string, T>(
    point: P,
    args: C[P],
    call: () => Promise<T>,
  ): Promise<T> {
    await this.#meet(point, false, args);
    const answer = await call();
    await this.#meet(point, true, args);
    return answer;
  }

  #arm<P extends keyof C & string>(
    point: P,
    after: boolean,
    { where, nth = 1 }: WhichCall<C[P]>,
    act: () => Promise<void> | void,
  ): ArmedFault {
    const reached = new Latch();
    // `around` gives the arguments of this very point
    const fits = (args: readonly unknown[]) => where?.(...(args as C[P])) ?? true;
    this.#faults.push({ point, after, fits, left: nth, reached, act });
    return { reached: reached.opened };
  }

  async #meet(point: string, after: boolean, args: readonly unknown[]): Promise<void> {
    this.#crashAnywhere?.(`${after ? 'after' : 'before'} ${point}`);
    const counted = this.#faults.filter(
      (fault) => fault.point === point && fault.after === after && fault.fits(args),
    );
    for (const fault of counted) fault.left--;
    const due = counted.find(({ left }) => left <= 0);
    if (!due) return;
    this.#faults = this.#faults.filter((fault) => fault !== due);
    due.reached.open();
    await due.act();
  }
}
