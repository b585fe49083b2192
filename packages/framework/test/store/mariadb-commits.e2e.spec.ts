import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CommitUnknownError,
  ConnectionLostError,
  StoreFailedError,
  StoreUnavailableError,
  UniqueViolationError,
} from '../../src/kernel/errors/store-errors.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import {
  commit,
  cup,
  cups,
  event,
  eventIds,
  ids,
  insert,
  mark,
  plan,
  record,
  which,
} from '../../src/testing/store/store-samples.js';
import { noContainers, type ServerContainer } from '../containers/containers.js';
import { startMariadb } from '../containers/mariadb.js';
import type { ProxyVerdict } from '../fixtures/tcp-proxy.js';
import { hasty } from '../fixtures/hasty-clock.ts';
import { until } from '../fixtures/until.js';
import { MariadbLab } from './mariadb-lab.js';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`MariadbStore and broken connections${skipped}`, () => {
  let server: ServerContainer;
  let lab: MariadbLab;

  beforeAll(async () => {
    server = await startMariadb();
  }, 120_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    lab = await MariadbLab.on(server.port);
  });

  afterEach(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  describe('when a view is swapped and the connection breaks', () => {
    it.each([
      ['before the tables are renamed', at('RENAME TABLE', 'cut before')],
      ['after the tables are renamed', at('RENAME TABLE', 'cut after')],
      ['before the swap is written off', at('SET live = next', 'cut before')],
      ['after the swap is written off', behind('SET live = next', 'cut after')],
    ])('%s, the next who asks for the view finds the swap finished', async (_what, judge) => {
      const { store, proxy } = await lab.openThroughProxy();
      await commit(store, cup(1));
      await store.views.current('cups');
      const { generation, table } = await store.views.beginRebuild('cups', cups);
      await commit(store, insert(table, 7, { name: 'rebuilt' }));
      await store.parking.park(record('m', 'k'));
      await store.views.hold('cups', generation);
      proxy.judge = judge;
      await expect(store.views.swap('cups', generation, cups, ['stock'])).rejects.toThrow(
        StoreUnavailableError,
      );
      const next = await lab.open();
      expect(await next.views.current('cups')).toEqual({
        live: generation,
        next: undefined,
        held: false,
      });
      expect(await ids(next, cups, which([]))).toEqual([7]);
      expect(await next.parking.count()).toBe(0);
    });

    it('while the table of a rebuild is made, the next rebuild begins anew', async () => {
      const { store, proxy } = await lab.openThroughProxy();
      proxy.judge = (bytes) => (bytes.includes('CREATE TABLE') ? 'cut after' : 'pass');
      await expect(store.views.beginRebuild('cups', cups)).rejects.toThrow(ConnectionLostError);
      proxy.judge = () => 'pass';
      const { generation, table } = await store.views.beginRebuild('cups', cups);
      expect(generation).toBe(3);
      await commit(store, insert(table, 1, { name: 'a' }));
      await expect(commit(store, insert(table, 2, { name: 'a' }))).rejects.toThrow(UniqueViolationError);
    });
  });

  describe('when the table of a view is read', () => {
    /** Runs `change` while another client is in the midst of a transaction that reads a table; it is ended when `change` has been tried twice. */
    async function whileRead<T>(
      table: string,
      change: () => Promise<T>,
      meanwhile: () => Promise<void> = async () => {},
    ): Promise<T> {
      const waitsOtherThan = (known: readonly { id: number }[]) =>
        until(
          () => lab.sessions('Waiting for table metadata lock'),
          (sessions) => sessions.some(({ id }) => !known.some((one) => one.id === id)),
        );
      return lab.database.inspect(async (reader) => {
        await reader.query(`BEGIN; SELECT * FROM ${table}`);
        const changed = change();
        const first = await waitsOtherThan([]);
        await meanwhile();
        await waitsOtherThan(first);
        await reader.query('ROLLBACK');
        return changed;
      });
    }

    it('a swap gives way to others who read, and is done in the end', async () => {
      const [store, other] = [await lab.open({ statementTimeoutMs: 1_500 }), await lab.open()];
      await commit(store, cup(1));
      await store.views.current('cups');
      const { generation } = await store.views.beginRebuild('cups', cups);
      const swap = () => store.views.swap('cups', generation, cups, ['stock']);
      const swapped = whileRead('cups', swap, async () => {
        expect(await ids(other, cups, which([]))).toEqual([1]);
      });
      expect(await swapped).toBe(true);
      expect(await other.views.current('cups')).toMatchObject({ live: generation, held: false });
      expect(await swap()).toBe(false);
    });

    it('a swap has been done, also when another process has finished it', async () => {
      const [store, other] = [await lab.open({ statementTimeoutMs: 1_500 }), await lab.open()];
      await store.views.current('cups');
      const { generation } = await store.views.beginRebuild('cups', cups);
      const finished: Promise<unknown>[] = [];
      const swapped = whileRead(
        'cups',
        () => store.views.swap('cups', generation, cups, ['stock']),
        // it waits for its turn, which it gets when the swap gives way
        async () => void finished.push(other.views.current('cups')),
      );
      expect(await swapped).toBe(true);
      expect(await Promise.all(finished)).toMatchObject([{ live: generation }]);
    });

    it('a rebuild that is abandoned leaves no table behind', async () => {
      const store = await lab.open({ statementTimeoutMs: 1_500 });
      await store.views.current('cups');
      const { generation, table } = await store.views.beginRebuild('cups', cups);
      await whileRead(table.name, () => store.views.abandon('cups', generation, cups));
      await expect(store.count(table, [])).rejects.toThrow(StoreFailedError);
    });
  });

  describe('when the answer to COMMIT is lost', () => {
    /** A store whose next COMMIT meets that fate. */
    async function doomed(verdict: ProxyVerdict, options?: Partial<SqlStoreOptions>) {
      const { store, proxy } = await lab.openThroughProxy(options);
      proxy.judge = (bytes) => {
        if (!bytes.includes(COMMIT)) return 'pass';
        proxy.judge = () => 'pass';
        return verdict;
      };
      return { store, proxy };
    }

    it('a plan that has happened resolves', async () => {
      const { store } = await doomed('cut after');
      const outcome = await store.commit(plan({ changes: [cup(1)], events: [event('a')] }));
      expect(outcome).toEqual({ kind: 'committed', versions: [1] });
      expect(await store.count(cups, [])).toBe(1);
      expect(await eventIds(store)).toEqual(['a']);
    });

    it('a plan that has not happened rejects, and may be committed again', async () => {
      const { store } = await doomed('cut before');
      await expect(commit(store, cup(1))).rejects.toThrow(ConnectionLostError);
      expect(await store.count(cups, [])).toBe(0);
      await commit(store, cup(1));
    });

    it('a plan that answers a request and keeps a call is done once, however often it is committed', async () => {
      const { store } = await doomed('cut after');
      await store.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 60_000 });
      const request = {
        kind: 'answered',
        key: 'k',
        fingerprint: 'f',
        answer: 'first',
        subject: null,
      } as const;
      const once = plan({ changes: [cup(1)], keeps: ['call'], request });
      for (const _time of [1, 2])
        expect(await store.commit(once)).toEqual({ kind: 'committed', versions: [1] });
      expect(await store.commit(plan({ request }))).toEqual({ kind: 'answered' });
    });

    it('a plan with a mark rejects, and committing it again tells what has happened', async () => {
      const { store } = await doomed('cut after');
      const marked = plan({ changes: [cup(1)], inbox: mark('m', 'k') });
      await expect(store.commit(marked)).rejects.toThrow(ConnectionLostError);
      expect(await store.commit(marked)).toEqual({ kind: 'duplicate' });
      expect(await store.count(cups, [])).toBe(1);
    });

    it.each([
      ['resolves when the server carries it out late', 'forward', { kind: 'committed' }, 1],
      ['rejects when the server never hears of it', 'drop', { code: 'STORE_CONNECTION_LOST' }, 0],
    ] as const)('a plan that is still undecided %s', async (_what, decision, expected, rows) => {
      const { store, proxy } = await doomed('hold back');
      const settled = commit(store, cup(1)).catch((error: unknown) => error);
      // who asks waits for the transaction that is still open
      await until(
        () => lab.waitingSessions(),
        (sessions) => sessions.length === 1,
      );
      proxy.heldBack![decision]();
      expect(await settled).toMatchObject(expected);
      expect(await store.count(cups, [])).toBe(rows);
    });

    it('a plan of which nobody can tell says CommitUnknownError', async () => {
      const { store, proxy } = await doomed('cut after', {
        clock: hasty,
        connectTimeoutMs: 60_000,
        statementTimeoutMs: 60_000,
      });
      await store.ping();
      proxy.stopListening();
      await expect(commit(store, cup(1))).rejects.toThrow(CommitUnknownError);
    });
  });
});

type Judge = (bytes: Buffer) => ProxyVerdict;

/** The fate of a statement that is not prepared, or of what prepares it. */
function at(statement: string, verdict: ProxyVerdict): Judge {
  return (bytes) => (bytes.includes(statement) ? verdict : 'pass');
}

/** The fate of a statement that is prepared before it is carried out. */
function behind(statement: string, verdict: ProxyVerdict): Judge {
  let isPrepared = false;
  return (bytes) => {
    if (isPrepared) return verdict;
    isPrepared = bytes.includes(statement);
    return 'pass';
  };
}

/** The whole packet: COM_QUERY and the statement. */
const COMMIT = '\x07\0\0\0\x03COMMIT';
