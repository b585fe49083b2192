import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitUnknownError, ConnectionLostError } from '../../src/kernel/errors/store-errors.js';
import type { PostgresStore } from '../../src/store/postgres/postgres-store.js';
import type { SqlStoreOptions } from '../../src/store/sql/sql-store-options.js';
import {
  commit,
  cup,
  cups,
  event,
  eventIds,
  mark,
  plan,
  update,
} from '../../src/testing/store/store-samples.js';
import { noContainers } from '../containers/containers.ts';
import { failureOf } from '../fixtures/failure-of.ts';
import { hasty } from '../fixtures/hasty-clock.ts';
import { type ProxyVerdict, startTcpProxy, type TcpProxy } from '../fixtures/tcp-proxy.ts';
import { until } from '../fixtures/until.ts';
import { PostgresBench } from './postgres-bench.ts';
import { asAdmin } from './postgres-database.ts';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(`PostgresStore and broken connections${skipped}`, () => {
  const bench = new PostgresBench();

  describe('when the answer to COMMIT is lost', () => {
    let proxy: TcpProxy;

    beforeEach(async () => {
      proxy = await startTcpProxy(bench.server.port);
    });

    afterEach(() => proxy[Symbol.asyncDispose]());

    /** A store whose next COMMIT meets that fate. */
    async function doomed(
      verdict: Exclude<ProxyVerdict, 'pass'>,
      options?: Partial<SqlStoreOptions>,
    ): Promise<PostgresStore> {
      const store = await bench.open({ url: `postgres://localhost:${proxy.port}/skanu`, ...options });
      await commit(store, cup(100), cup(101));
      proxy.judge = (bytes) => {
        if (!bytes.includes('COMMIT')) return 'pass';
        proxy.judge = () => 'pass';
        return verdict;
      };
      return store;
    }

    const inserting = (id: number) => [cup(id)];
    const updating = (id: number) => [cup(id), update(cups, 100, 1, { qty: id })];

    // COMMIT goes along with the first, and follows the second
    it.each([
      ['inserts', inserting],
      ['updates', updating],
    ])('a plan that has happened resolves (%s)', async (_what, changes) => {
      const store = await doomed('cut after');
      const outcome = await store.commit(plan({ changes: changes(1), events: [event('a')] }));
      expect(outcome.kind).toBe('committed');
      expect(await store.count(cups, [])).toBe(3);
      expect(await eventIds(store)).toEqual(['a']);
    });

    it.each([
      ['inserts', inserting],
      ['updates', updating],
    ])('a plan that has not happened rejects, and may be committed anew (%s)', async (_what, changes) => {
      const store = await doomed('cut before');
      await expect(commit(store, ...changes(1))).rejects.toThrow(ConnectionLostError);
      expect(await store.count(cups, [])).toBe(2);
      await commit(store, ...changes(1));
    });

    it('a plan that was answered for is done once, however often it is committed', async () => {
      const store = await doomed('cut after');
      const once = plan({ changes: [cup(1)], events: [event('a')] });
      for (const _time of [1, 2])
        expect(await store.commit(once)).toEqual({ kind: 'committed', versions: [1] });
      expect(await eventIds(store)).toEqual(['a']);
    });

    it('a plan that answers a request and keeps a call is done once, however often it is committed', async () => {
      const store = await doomed('cut after');
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
      const store = await doomed('cut after');
      const marked = plan({ changes: [cup(1)], inbox: mark('m', 'k') });
      await expect(store.commit(marked)).rejects.toThrow(ConnectionLostError);
      expect(await store.commit(marked)).toEqual({ kind: 'duplicate' });
      expect(await store.count(cups, [])).toBe(3);
    });

    it('a plan that is still undecided resolves when the server carries it out late', async () => {
      const store = await doomed('hold back');
      const settled = commit(store, ...updating(1));
      // who asks waits for the transaction that is still open
      await bench.waiting(1);
      proxy.heldBack!.forward();
      expect((await settled).kind).toBe('committed');
      expect(await store.count(cups, [])).toBe(3);
    });

    it('a plan that is still undecided rejects when the server never hears of it', async () => {
      const store = await doomed('hold back');
      const settled = failureOf(commit(store, ...updating(1)));
      await bench.waiting(1);
      proxy.heldBack!.drop();
      expect(await settled).toBeInstanceOf(ConnectionLostError);
      expect(await store.count(cups, [])).toBe(2);
    });

    it('a plan that comes to the server after it was said that it has not happened, does not happen', async () => {
      const store = await doomed('hold back');
      await expect(commit(store, ...inserting(1))).rejects.toThrow(ConnectionLostError);
      const began = await serverTime();
      proxy.heldBack!.forward();
      await until(
        () => finishedSince(began),
        (count) => count === 1,
      );
      expect(await store.count(cups, [])).toBe(2);
    });

    const serverTime = () =>
      asAdmin(bench.server.port, async (admin) => {
        const { rows } = await admin.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
        return rows[0]!.now;
      });

    /** How many sessions have ended a transaction since then, and do nothing else. */
    const finishedSince = (time: string) =>
      asAdmin(bench.server.port, async (admin) => {
        const { rows } = await admin.query(
          `SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'idle' AND query = 'COMMIT' AND state_change > $2`,
          [bench.database.user, time],
        );
        return rows.length;
      });

    it('a plan of which nobody can tell says CommitUnknownError', async () => {
      const store = await doomed('cut after', {
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
