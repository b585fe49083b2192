import { describe, expect, it } from 'vitest';
import { PoolExhaustedError, StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { ConnectionPool, type PooledConnection } from '../../src/store/sql/connection-pool.js';
import { until } from '../fixtures/until.ts';

class StandIn implements PooledConnection {
  isBroken = false;
  isEnded = false;
  async end(): Promise<void> {
    this.isEnded = true;
  }
}

interface Bench {
  readonly pool: ConnectionPool<StandIn>;
  readonly made: StandIn[];
  /** What the next attempts to connect reject with. */
  failWith: Error | undefined;
}

function bench(more: { size?: number; waitLimitMs?: number; idleTimeoutMs?: number } = {}): Bench {
  const made: StandIn[] = [];
  const self: Bench = {
    made,
    failWith: undefined,
    pool: new ConnectionPool({
      name: 'db',
      size: 2,
      waitLimitMs: 5_000,
      idleTimeoutMs: 5_000,
      ...more,
      async connect() {
        if (self.failWith) throw self.failWith;
        const connection = new StandIn();
        made.push(connection);
        return connection;
      },
    }),
  };
  return self;
}

const gone = new StoreUnavailableError('db');

describe('ConnectionPool', () => {
  it('uses a connection again, and makes a second only for those who come at once', async () => {
    const { pool, made } = bench();
    const first = await pool.use(async (connection) => connection);
    expect(await pool.use(async (connection) => connection)).toBe(first);
    expect(made).toHaveLength(1);
    await Promise.all([pool.use(async () => {}), pool.use(async () => {})]);
    expect(made).toHaveLength(2);
    await pool.end();
  });

  it('never has more than its size, lends each to one at a time, and serves those who wait in turn', async () => {
    const { pool, made } = bench();
    const inUse = new Set<StandIn>();
    const order: number[] = [];
    const uses = Array.from({ length: 20 }, (_, place) =>
      pool.use(async (connection) => {
        expect(inUse.has(connection)).toBe(false);
        inUse.add(connection);
        order.push(place);
        await Promise.resolve();
        inUse.delete(connection);
      }),
    );
    await Promise.all(uses);
    expect(made).toHaveLength(2);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    await pool.end();
  });

  it('refuses who waits for longer than the limit, and forgets about them', async () => {
    const { pool, made } = bench({ size: 1, waitLimitMs: 20 });
    const done = new Latch();
    const long = pool.use(() => done.opened);
    let isRun = false;
    const waiter = pool.use(async () => void (isRun = true));
    await expect(waiter).rejects.toThrow(PoolExhaustedError);
    done.open();
    await long;
    await pool.use(async () => {});
    expect(isRun).toBe(false);
    expect(made).toHaveLength(1);
    await pool.end();
  });

  it('tells all who wait why no connection can be made, and makes one as soon as it can', async () => {
    const self = bench();
    self.failWith = gone;
    const answers = await Promise.allSettled(Array.from({ length: 9 }, () => self.pool.use(async () => {})));
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: gone });
    self.failWith = undefined;
    await self.pool.use(async () => {});
    await self.pool.end();
  });

  it('lets who waits have what others give back, although no more can be made', async () => {
    const self = bench();
    const done = new Latch();
    const long = self.pool.use(() => done.opened);
    await until(
      () => self.made.length,
      (count) => count === 1,
    );
    self.failWith = gone;
    const waiter = self.pool.use(async () => 'served');
    done.open();
    expect(await waiter).toBe('served');
    await long;
    await self.pool.end();
  });

  it('uses no broken connection again, whether it broke in use or while it was idle', async () => {
    const { pool, made } = bench({ size: 1 });
    await pool.use(async (connection) => void (connection.isBroken = true));
    expect(made[0]!.isEnded).toBe(true);
    const second = await pool.use(async (connection) => connection);
    second.isBroken = true;
    const waiters = await Promise.all([1, 2, 3].map(() => pool.use(async (connection) => connection)));
    expect(new Set(waiters)).toEqual(new Set([made[2]]));
    expect(second.isEnded).toBe(true);
    await pool.end();
  });

  it('makes another for who waits when the one that they wait for breaks', async () => {
    const { pool, made } = bench({ size: 1 });
    const failing = pool.use(async (connection) => {
      connection.isBroken = true;
      throw gone;
    });
    const waiter = pool.use(async (connection) => connection);
    await expect(failing).rejects.toBe(gone);
    expect(await waiter).toBe(made[1]);
    await pool.end();
  });

  it('ends connections that are idle for too long, and all at the end', async () => {
    const { pool, made } = bench({ idleTimeoutMs: 10 });
    await pool.use(async () => {});
    await until(
      () => made[0]!.isEnded,
      (isEnded) => isEnded,
    );
    await pool.use(async () => {});
    expect(made).toHaveLength(2);
    await pool.end();
    expect(made[1]!.isEnded).toBe(true);
  });
});
