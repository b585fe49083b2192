import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StoreFailedError, StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { SqlDatabase } from '../../src/store/sql/sql-database.js';
import type { SqlDriver, SqlTransaction } from '../../src/store/sql/sql-driver.js';
import { StatementFailure } from '../../src/store/sql/statement-failure.js';

/** A driver that notes what becomes of it. */
class StandIn implements SqlDriver {
  readonly name = 'db';
  readonly answer = new Latch();
  isOpen = false;

  async open(): Promise<void> {
    this.isOpen = true;
  }

  async query() {
    await this.answer.opened;
    return { rows: [], affected: 0 };
  }

  transaction<T>(_doing: string, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return work({ run: async () => [] });
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}

const statement = { sql: 'SELECT 1', parameters: [] };
const nothing = async (): Promise<void> => {};

function bench(): { database: SqlDatabase; drivers: StandIn[] } {
  const drivers: StandIn[] = [];
  const database = new SqlDatabase(() => {
    const driver = new StandIn();
    drivers.push(driver);
    return driver;
  });
  return { database, drivers };
}

describe('SqlDatabase', () => {
  it('takes no calls before it is open, nor while it opens, nor after close', async () => {
    const { database } = bench();
    const refused = () => expect(database.query('reading', statement)).rejects.toThrow(StoreUnavailableError);
    await refused();
    await database.open(refused);
    await expect(database.open(nothing)).rejects.toThrow(StoreUnavailableError);
    await database.close();
    await refused();
    await expect(database.open(nothing)).rejects.toThrow(StoreUnavailableError);
  });

  it('holds nothing when it could not be opened, and may be opened again', async () => {
    const { database, drivers } = bench();
    const why = new StoreUnavailableError('db');
    await expect(database.open(() => Promise.reject(why))).rejects.toBe(why);
    expect(drivers[0]!.isOpen).toBe(false);
    await database.open(nothing);
    expect(drivers[1]!.isOpen).toBe(true);
    await database.close();
    expect(drivers[1]!.isOpen).toBe(false);
  });

  it('waits with its close for what is under way', async () => {
    const { database, drivers } = bench();
    await database.open(nothing);
    const reading = database.query('reading', statement);
    const closing = database.close();
    await setImmediate();
    expect(drivers[0]!.isOpen).toBe(true);
    drivers[0]!.answer.open();
    await Promise.all([reading, closing]);
    expect(drivers[0]!.isOpen).toBe(false);
  });

  it('leaves nothing open when it is closed while it opens', async () => {
    const { database, drivers } = bench();
    const prepared = new Latch();
    const opening = database.open(() => prepared.opened);
    const closing = database.close();
    prepared.open();
    await Promise.all([opening, closing]);
    expect(drivers[0]!.isOpen).toBe(false);
  });

  it('lets no failure out that only the writer of a statement could have named', async () => {
    const { database } = bench();
    await database.open(nothing);
    const failing = () => Promise.reject(new StatementFailure('unique', 0));
    await expect(database.transaction('parking', failing)).rejects.toThrow(StoreFailedError);
  });
});
