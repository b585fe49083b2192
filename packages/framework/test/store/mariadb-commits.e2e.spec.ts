import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/kernel/clock.js';
import {
  CommitUnknownError,
  ConnectionLostError,
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
  which,
} from '../../src/testing/store/store-samples.js';
import { noContainers, type ServerContainer } from '../containers/containers.js';
import { startMariadb } from '../containers/mariadb.js';
import type { ProxyVerdict } from '../fixtures/tcp-proxy.js';
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
      ['before the tables are renamed', 'RENAME TABLE', 'cut before'],
      ['after the tables are renamed', 'RENAME TABLE', 'cut after'],
      ['before the swap is written off', 'SET live = next', 'cut before'],
    ] as const)('%s, the next who asks for the view finishes the swap', async (_what, statement, verdict) => {
      const { store, proxy } = await lab.openThroughProxy();
      await commit(store, cup(1));
      await store.views.current('cups');
      const { generation, table } = await store.views.beginRebuild('cups', cups);
      await commit(store, insert(table, 7, { name: 'rebuilt' }));
      await store.views.hold('cups', generation);
      proxy.judge = (bytes) => (bytes.includes(statement) ? verdict : 'pass');
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

/** The whole packet: COM_QUERY and the statement. */
const COMMIT = '\x07\0\0\0\x03COMMIT';

/** Ten times as fast as others. */
const hasty: Clock = {
  now: () => Date.now() * 10,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};
