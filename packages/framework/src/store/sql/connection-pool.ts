import { PoolExhaustedError } from '../../kernel/errors/store-errors.js';

/** A connection as a pool sees it. */
export interface PooledConnection {
  /** It broke, or nobody knows in what state it is: it is not used again. */
  readonly isBroken: boolean;
  /** Says goodbye; resolves when it is gone. Never rejects. */
  end(): Promise<void>;
}

export interface ConnectionPoolOptions<Connection> {
  /** For messages. */
  readonly name: string;
  /** The most connections. */
  readonly size: number;
  /** How long to wait for a connection that is free, in milliseconds. */
  readonly waitLimitMs: number;
  /** How long a connection may be idle, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Bounded in time by itself, to no more than `waitLimitMs`. Rejects with an error of the kernel. */
  connect(): Promise<Connection>;
}

interface Waiter<Connection> {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Connections that are used by one at a time. Who waits for one is served in turn, or refused after the limit. */
export class ConnectionPool<Connection extends PooledConnection> {
  readonly #idle: { readonly connection: Connection; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting = new Set<Waiter<Connection>>();
  /** How many are there, idle or in use. */
  #open = 0;
  #connecting = 0;
  #lastFailure: unknown;

  constructor(private readonly options: ConnectionPoolOptions<Connection>) {}

  /** Runs `work` with a connection that is used by nobody else meanwhile. @throws PoolExhaustedError, and what `connect` rejects with */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    try {
      return await work(connection);
    } finally {
      this.#giveBack(connection);
    }
  }

  /** Ends all connections. None is in use by then. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ connection, timer }) => this.#end(connection, timer)));
  }

  #take(): Promise<Connection> {
    // the one used last: the others grow old and are closed
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.connection.isBroken) {
        clearTimeout(idle.timer);
        return Promise.resolve(idle.connection);
      }
      void this.#end(idle.connection, idle.timer);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#refuse(waiter), this.options.waitLimitMs);
      const waiter: Waiter<Connection> = { resolve, reject, timer };
      this.#waiting.add(waiter);
      this.#grow();
    });
  }

  /** Makes one more connection for those who wait, if there is room. */
  #grow(): void {
    if (this.#open + this.#connecting < this.options.size) void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#connecting += 1;
    let connection: Connection;
    try {
      connection = await this.options.connect();
    } catch (error) {
      this.#lastFailure = error;
      // while others are in use there is still hope
      if (this.#open === 0) this.#failAll(error);
      return;
    } finally {
      this.#connecting -= 1;
    }
    this.#open += 1;
    this.#lastFailure = undefined;
    this.#giveBack(connection);
  }

  #giveBack(connection: Connection): void {
    if (connection.isBroken) {
      void this.#end(connection);
      if (this.#waiting.size > 0) this.#grow();
      return;
    }
    const [next] = this.#waiting;
    if (next) {
      this.#dequeue(next);
      next.resolve(connection);
      return;
    }
    const timer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(idle), 1);
      void this.#end(connection);
    }, this.options.idleTimeoutMs);
    const idle = { connection, timer };
    this.#idle.push(idle);
  }

  #refuse(waiter: Waiter<Connection>): void {
    // all that there are of are still being made: why that takes so long is known in a moment
    if (this.#open === 0 && this.#connecting > 0) return;
    this.#dequeue(waiter);
    const { name, size, waitLimitMs } = this.options;
    waiter.reject(new PoolExhaustedError(name, size, waitLimitMs, this.#lastFailure));
  }

  #failAll(error: unknown): void {
    for (const waiter of this.#waiting) {
      this.#dequeue(waiter);
      waiter.reject(error);
    }
  }

  #dequeue(waiter: Waiter<Connection>): void {
    clearTimeout(waiter.timer);
    this.#waiting.delete(waiter);
  }

  async #end(connection: Connection, timer?: NodeJS.Timeout): Promise<void> {
    clearTimeout(timer);
    this.#open -= 1;
    await connection.end();
  }
}
