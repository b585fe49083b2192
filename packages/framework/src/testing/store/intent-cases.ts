import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallAbandonedError } from '../../kernel/errors/remote-errors.js';
import { VersionConflictError } from '../../kernel/errors/store-errors.js';
import type { CallIntent } from '../../store/call-intents.js';
import type { Store } from '../../store/store.js';
import { type StoreCase, storeCase } from './store-case.js';
import { contents, cup, cups, event, mark, numbers, plan, update } from './store-samples.js';

const LONG_MS = 60_000;
const SHORT_MS = 40;

export const intentCases: readonly StoreCase[] = [
  storeCase('a plan takes the intents of its calls away, and nobody is given them any more', async (lab) => {
    const store = await lab.store(cups);
    for (const id of ['a', 'b']) await store.intents.open(intent(id, 0));
    const kept = await store.commit(plan({ changes: [cup(1)], events: [event('e')], keeps: ['b', 'a'] }));
    assert.deepEqual(kept, { kind: 'committed', versions: [1] });
    assert.deepEqual(await store.intents.due(10, LONG_MS), []);
    await store.intents.abandon(['a', 'b']);
    assert.deepEqual(await abandoned(store), []);
    await assert.rejects(store.commit(plan({ keeps: ['a'] })), CallAbandonedError);
  }),

  storeCase(
    'a plan that keeps an abandoned call throws CallAbandonedError and writes nothing',
    async (lab) => {
      const [store, other] = await lab.stores(2, cups);
      for (const id of ['a', 'b']) await store!.intents.open(intent(id));
      await other!.intents.abandon(['a']);
      const before = await contents(store!);
      const refused = plan({ changes: [cup(1)], events: [event('e')], inbox: mark('m'), keeps: ['a', 'b'] });
      await assert.rejects(store!.commit(refused), CallAbandonedError);
      assert.deepEqual(await contents(store!), before);
      assert.equal((await store!.commit(plan({ inbox: mark('m'), keeps: ['b'] }))).kind, 'committed');
      assert.deepEqual(await abandoned(store!), ['a']);
    },
  ),

  storeCase('a plan that fails leaves the intents of its calls as they were', async (lab) => {
    const store = await lab.store(cups);
    await store.intents.open(intent('a'));
    const failing = plan({ changes: [update(cups, 1, 1, { qty: 1 })], keeps: ['a'] });
    await assert.rejects(store.commit(failing), VersionConflictError);
    assert.equal((await store.commit(plan({ keeps: ['a'] }))).kind, 'committed');
  }),

  storeCase('a duplicate is told before its calls are looked at', async (lab) => {
    const store = await lab.store();
    await store.commit(plan({ inbox: mark('m') }));
    assert.deepEqual(await store.commit(plan({ inbox: mark('m'), keeps: ['unknown'] })), {
      kind: 'duplicate',
    });
  }),

  storeCase(
    'of a plan that keeps calls and somebody who abandons them at once, exactly one wins',
    async (lab) => {
      const [one, other] = await lab.stores(2, cups);
      for (const round of numbers(40)) {
        const calls = [`${round} a`, `${round} b`];
        // the last one first, as no index has them
        for (const id of calls.toReversed()) await one!.intents.open(intent(id));
        // the other way round: they must not wait for each other
        const abandon = () => other!.intents.abandon(calls.toReversed());
        const early = round % 2 === 0 ? abandon() : undefined;
        const [commit] = await Promise.allSettled([
          one!.commit(plan({ changes: [cup(round)], keeps: calls })),
          early ?? abandon(),
        ]);
        const lost = (await abandoned(one!)).filter((id) => calls.includes(id));
        if (commit.status === 'rejected') assert.ok(commit.reason instanceof CallAbandonedError);
        assert.deepEqual(lost.toSorted(), commit.status === 'fulfilled' ? [] : calls);
        assert.equal((await one!.get(cups, round)) !== undefined, commit.status === 'fulfilled');
      }
    },
  ),

  storeCase('of plans that keep the same call at once, exactly one is committed', async (lab) => {
    const stores = await lab.stores(2, cups);
    for (const round of numbers(5)) {
      await stores[0]!.intents.open(intent(`call ${round}`));
      const results = await Promise.allSettled(
        numbers(6).map((place) =>
          stores[place % 2]!.commit(plan({ changes: [cup(10 * round + place)], keeps: [`call ${round}`] })),
        ),
      );
      const refused = results.filter((result) => result.status === 'rejected');
      assert.equal(refused.length, 5);
      for (const { reason } of refused) assert.ok(reason instanceof CallAbandonedError, String(reason));
      assert.equal(await stores[0]!.count(cups, []), round);
    }
  }),

  storeCase('a call whose hold is over is given to be undone, and no plan can keep it then', async (lab) => {
    const [store, other] = await lab.stores(2, cups);
    await store!.intents.open(intent('long'));
    await store!.intents.open(intent('short', SHORT_MS));
    const [call, ...more] = await dueIn(other!);
    assert.deepEqual(more, []);
    const { begunAt, ...rest } = call!;
    assert.deepEqual(rest, { id: 'short', operation: 'payment.approve', attempts: 0, reason: null });
    // the database's clock may be another machine's
    assert.ok(Math.abs(Date.now() - begunAt) < LONG_MS);
    const late = plan({ changes: [cup(1)], events: [event('e')], keeps: ['short'] });
    await assert.rejects(store!.commit(late), CallAbandonedError);
    assert.deepEqual(await contents(store!), { rows: [], events: [], parked: 0 });
    assert.equal((await store!.commit(plan({ keeps: ['long'] }))).kind, 'committed');

    async function dueIn(asked: Store) {
      return lab.until('the hold is over', async () => {
        const due = await asked.intents.due(10, LONG_MS);
        return due.length > 0 && due;
      });
    }
  }),

  storeCase(
    'a held call is not given before its hold is over, and can be kept until somebody asks',
    async (lab) => {
      const [store, other] = await lab.stores(2);
      await store!.intents.open(intent('a', SHORT_MS));
      await sleep(2 * SHORT_MS);
      assert.equal((await store!.commit(plan({ keeps: ['a'] }))).kind, 'committed');
      await store!.intents.open(intent('b'));
      assert.deepEqual(await other!.intents.due(10, LONG_MS), []);
    },
  ),

  storeCase('more calls than the limit are abandoned at once when their hold is over', async (lab) => {
    const store = await lab.store();
    await Promise.all(numbers(30).map((number) => store.intents.open(intent(`call ${number}`, 0))));
    assert.equal((await store.intents.due(2, LONG_MS)).length, 2);
    assert.equal((await store.intents.status()).abandoned, 30);
    await assert.rejects(store.commit(plan({ keeps: ['call 30'] })), CallAbandonedError);
  }),

  storeCase('an abandoned call is given once within its time, and again after it', async (lab) => {
    const [store, other] = await lab.stores(2);
    await store!.intents.open(intent('a'));
    await store!.intents.abandon(['a']);
    assert.deepEqual(idsOf(await store!.intents.due(10, LONG_MS)), ['a']);
    await store!.intents.abandon(['a']);
    assert.deepEqual(await other!.intents.due(10, LONG_MS), []);
    await store!.intents.failed('a', 1, 'away');
    const [again] = await lab.until('it is due again', async () => {
      const due = await other!.intents.due(10, 1);
      return due.length > 0 && due;
    });
    assert.equal(again!.id, 'a');
    await lab.until('its time is over', async () => (await store!.intents.due(10, LONG_MS)).length === 1);
  }),

  storeCase('the calls that wait longest are given first, no more than the limit', async (lab) => {
    const store = await lab.store();
    for (const id of ['c', 'a', 'b']) {
      await store.intents.open(intent(id));
      await store.intents.abandon([id]);
      // the next one comes in a later millisecond
      await sleep(3);
    }
    assert.deepEqual(idsOf(await store.intents.due(2, LONG_MS)), ['c', 'a']);
    assert.deepEqual(idsOf(await store.intents.due(2, LONG_MS)), ['b']);
    assert.deepEqual(await abandoned(store), ['c', 'a', 'b']);
    assert.deepEqual(idsOf(await store.intents.abandoned(1)), ['c']);
  }),

  storeCase('a failed attempt is counted, with its reason; it waits until its time has come', async (lab) => {
    const store = await lab.store();
    const reason = 'é😀 "\'\\ \n %';
    await store.intents.open(intent('a'));
    await store.intents.abandon(['a']);
    await store.intents.failed('a', LONG_MS, 'first');
    await store.intents.failed('a', LONG_MS, reason);
    await store.intents.failed('unknown', LONG_MS, reason);
    const [call, ...more] = await store.intents.abandoned(10);
    assert.deepEqual(more, []);
    assert.equal(call!.attempts, 2);
    assert.equal(call!.reason, reason);
    assert.deepEqual(await store.intents.due(10, LONG_MS), []);
  }),

  storeCase('the status tells how many calls wait to be undone, and since when', async (lab) => {
    const store = await lab.store();
    assert.deepEqual(await store.intents.status(), { abandoned: 0, oldestAt: null });
    for (const id of ['held', 'a', 'b']) await store.intents.open(intent(id));
    assert.deepEqual(await store.intents.status(), { abandoned: 0, oldestAt: null });
    await store.intents.abandon(['a']);
    const first = await store.intents.status();
    assert.ok(first.oldestAt !== null && Math.abs(Date.now() - first.oldestAt) < LONG_MS);
    await sleep(3);
    await store.intents.abandon(['b']);
    assert.deepEqual(await store.intents.status(), { abandoned: 2, oldestAt: first.oldestAt });
    await store.intents.undone('a');
    const { abandoned: left, oldestAt } = await store.intents.status();
    assert.equal(left, 1);
    assert.ok(oldestAt !== null && oldestAt > first.oldestAt);
  }),

  storeCase('an undone call is gone, and what is unknown is passed over', async (lab) => {
    const store = await lab.store();
    await store.intents.open(intent('a'));
    await store.intents.abandon(['unknown', 'a']);
    await store.intents.undone('unknown');
    await store.intents.undone('a');
    await store.intents.abandon(['a']);
    await store.intents.abandon([]);
    assert.deepEqual(await abandoned(store), []);
    assert.deepEqual(await store.intents.due(10, LONG_MS), []);
  }),

  storeCase('to open an intent once more changes nothing, also when its call is abandoned', async (lab) => {
    const store = await lab.store();
    await store.intents.open(intent('a'));
    await store.intents.open(intent('a'));
    await Promise.all([store.intents.open(intent('b')), store.intents.open(intent('b'))]);
    await store.intents.abandon(['a']);
    await store.intents.open(intent('a'));
    assert.deepEqual(await abandoned(store), ['a']);
    assert.equal((await store.commit(plan({ keeps: ['b'] }))).kind, 'committed');
  }),

  storeCase('many intents opened at once by two stores are all there after both were closed', async (lab) => {
    const stores = await lab.stores(2);
    const calls = numbers(450).map((number) => `call ${number}`);
    await Promise.all(calls.map((id, place) => stores[place % 2]!.intents.open(intent(id))));
    await Promise.all(stores.map((store) => store.close()));
    const after = await lab.store();
    assert.deepEqual(await abandoned(after), []);
    await after.intents.abandon(calls);
    assert.deepEqual((await abandoned(after)).toSorted(), calls.toSorted());
  }),

  storeCase('calls are told apart to the letter, and come back exactly', async (lab) => {
    const store = await lab.store();
    const odd = [
      'a',
      'A',
      'a ',
      'é',
      'e\u0301',
      'e',
      '😀 "\'\\%_',
      '#',
      'x'.repeat(255),
      `${'x'.repeat(254)}y`,
    ];
    const operation = 'über.😀 "odd" \\';
    for (const id of odd) await store.intents.open({ id, operation, holdMs: LONG_MS });
    for (const [place, id] of odd.entries()) {
      await store.intents.abandon([id]);
      assert.equal((await store.intents.status()).abandoned, place + 1, JSON.stringify(id));
    }
    const calls = await store.intents.due(100, LONG_MS);
    assert.deepEqual(idsOf(calls).toSorted(), odd.toSorted());
    assert.ok(calls.every((call) => call.operation === operation));
    for (const id of odd) await store.intents.undone(id);
    assert.equal((await store.intents.status()).abandoned, 0);
  }),
];

function intent(id: string, holdMs = LONG_MS): CallIntent {
  return { id, operation: 'payment.approve', holdMs };
}

async function abandoned(store: Store): Promise<string[]> {
  return idsOf(await store.intents.abandoned(1_000));
}

function idsOf(calls: readonly { readonly id: string }[]): string[] {
  return calls.map(({ id }) => id);
}
