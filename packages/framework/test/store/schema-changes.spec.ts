import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StoreBusyError, StoreFailedError } from '../../src/kernel/errors/store-errors.js';
import { Latch } from '../../src/kernel/latch.js';
import { SchemaChanges } from '../../src/store/sql/schema-changes.js';
import type { SqlTransaction, Statement } from '../../src/store/sql/sql-driver.js';
import { StatementFailure } from '../../src/store/sql/statement-failure.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const acquire: Statement = { sql: 'acquire', parameters: [], expects: 1 };
const release: Statement = { sql: 'release', parameters: [] };

/** A database that notes what is said to it. */
class StandIn {
  readonly name = 'db';
  readonly said: string[] = [];
  /** What becomes of the lock. */
  refusal: Error | undefined;

  transaction<T>(_doing: string, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return work({
      run: async (statements) => {
        this.said.push(...statements.map(({ sql }) => sql));
        if (this.refusal) throw this.refusal;
        return [];
      },
    });
  }
}

function bench() {
  const clock = new ManualClock();
  const changes = new SchemaChanges({ lock: { acquire: [acquire], release }, clock, random: () => 0.5 });
  return { clock, changes, database: new StandIn() };
}

/** Lets time pass until the work is done. */
async function settled(clock: ManualClock, work: Promise<unknown>): Promise<unknown> {
  const done = new Latch();
  const answer = work.catch((error: unknown) => error).finally(() => done.open());
  for (let passed = 0; !done.isOpen && passed < 60; passed++) {
    await turn();
    await clock.advance(1_000);
  }
  return done.isOpen ? answer : 'it still waits';
}

describe('a change of tables', () => {
  it('that meets tables in use gives its turn back, and is tried again', async () => {
    const { clock, changes, database } = bench();
    let attempts = 0;
    const changed = changes.carryOut(database, 'making tables', async () => {
      if ((attempts += 1) < 3) throw new StoreBusyError('db', 3_000);
      return 'made';
    });
    expect(await settled(clock, changed)).toBe('made');
    expect(database.said).toEqual([1, 2, 3].flatMap(() => ['acquire', 'release']));
  });

  it('gives up when they stay in use, and says for how long it has tried', async () => {
    const { clock, changes, database } = bench();
    let attempts = 0;
    const cause = new Error('of the server');
    const refused = changes.carryOut(database, 'making tables', async () => {
      attempts += 1;
      await clock.sleep(3_000);
      throw new StoreBusyError('db', 3_000, cause);
    });
    const error = await settled(clock, refused);
    expect(error).toBeInstanceOf(StoreBusyError);
    expect(error).toMatchObject({ cause });
    expect(attempts).toBe(5);
    // half of each longest pause
    expect((error as Error).message).toContain('for 17750 ms');
  });

  it.each([new StoreBusyError('db', 590_000), new StatementFailure('rows', 0)])(
    'that does not get its turn has waited long enough: %s',
    async (refusal) => {
      const { clock, changes, database } = bench();
      database.refusal = refusal;
      const refused = changes.carryOut(database, 'making tables', async () => 'made');
      expect(await settled(clock, refused)).toBeInstanceOf(StoreBusyError);
      expect(database.said).toEqual(['acquire']);
    },
  );

  it('that fails for any other reason is not tried again', async () => {
    const { clock, changes, database } = bench();
    const why = new StoreFailedError('db', 'making tables');
    const refused = changes.carryOut(database, 'making tables', () => Promise.reject(why));
    expect(await settled(clock, refused)).toBe(why);
    expect(database.said).toEqual(['acquire', 'release']);
  });
});
