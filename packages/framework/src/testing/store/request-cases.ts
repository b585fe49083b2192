import assert from 'node:assert/strict';
import { UnstorableValueError, VersionConflictError } from '../../kernel/errors/store-errors.js';
import type { RequestMark } from '../../store/request-records.js';
import type { Store } from '../../store/store.js';
import { type StoreCase, storeCase } from './store-case.js';
import { contents, cup, cups, event, mark, numbers, plan, update } from './store-samples.js';

export const requestCases: readonly StoreCase[] = [
  storeCase('the record of a request comes back exactly, and nobody has an unknown one', async (lab) => {
    const store = await lab.store(cups);
    const odd = 'é😀 "\'\\%_\r\n\u2028';
    const marks = [
      answered('plain'),
      answered('empty', { fingerprint: '', answer: '' }),
      answered('with subject', { subject: { table: 'Cups "é"', id: Number.MAX_SAFE_INTEGER } }),
      answered('odd', { fingerprint: odd, answer: JSON.stringify({ odd, nul: '\0', half: '\uD83D' }) }),
    ];
    for (const request of marks) assert.equal(await outcome(store, request), 'committed');
    for (const { key, fingerprint, answer, subject } of marks) {
      assert.deepEqual(await store.requests.find(key), {
        key,
        fingerprint,
        answer,
        subject,
        isWithdrawn: false,
      });
    }
    assert.equal(await store.requests.find('unknown'), undefined);
  }),

  storeCase('an answer of more than a mebibyte comes back exactly', async (lab) => {
    const store = await lab.store();
    const answer = JSON.stringify(numbers(150_000).map((number) => `é${number}`));
    assert.ok(Buffer.byteLength(answer) > 1_048_576);
    assert.equal(await outcome(store, answered('big', { answer })), 'committed');
    assert.ok((await store.requests.find('big'))?.answer === answer);
  }),

  storeCase('half of a surrogate pair in an answer is refused, and the plan with it', async (lab) => {
    const store = await lab.store(cups);
    for (const odd of [{ answer: '\uD83D' }, { fingerprint: '\uDE00' }, { answer: '\0' }]) {
      const refused = plan({ changes: [cup(1)], request: answered('k', odd) });
      await assert.rejects(store.commit(refused), UnstorableValueError);
    }
    assert.equal(await store.requests.find('k'), undefined);
    assert.equal(await store.count(cups, []), 0);
  }),

  storeCase('a plan whose request is answered already writes nothing', async (lab) => {
    const store = await lab.store(cups);
    const first = plan({ changes: [cup(1)], events: [event('a')], request: answered('k') });
    assert.deepEqual(await store.commit(first), { kind: 'committed', versions: [1] });
    await store.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 60_000 });
    const before = await contents(store);
    const request = answered('k', { answer: 'another' });
    // its changes would collide: they are not looked at
    const again = plan({ changes: [cup(1), cup(2)], events: [event('b')], keeps: ['call'], request });
    assert.deepEqual(await store.commit(again), { kind: 'answered' });
    assert.deepEqual(await contents(store), before);
    assert.equal((await store.requests.find('k'))?.answer, answered('k').answer);
    assert.equal((await store.commit(plan({ keeps: ['call'] }))).kind, 'committed');
  }),

  storeCase('a plan that fails leaves no record of its request', async (lab) => {
    const store = await lab.store(cups);
    const failing = plan({ changes: [update(cups, 1, 1, { qty: 1 })], request: answered('k') });
    await assert.rejects(store.commit(failing), VersionConflictError);
    assert.equal(await store.requests.find('k'), undefined);
    assert.equal(await outcome(store, answered('k')), 'committed');
  }),

  storeCase('with an inbox mark too, both are set or none, and a duplicate is told first', async (lab) => {
    const store = await lab.store(cups);
    const both = { inbox: mark('m'), request: answered('k') };
    assert.equal((await store.commit(plan(both))).kind, 'committed');
    assert.equal((await store.commit(plan(both))).kind, 'duplicate');
    assert.equal((await store.commit(plan({ ...both, inbox: mark('n') }))).kind, 'answered');
    assert.equal((await store.commit(plan({ inbox: mark('n') }))).kind, 'committed');
    assert.equal((await store.commit(plan({ ...both, request: answered('other') }))).kind, 'duplicate');
    assert.equal(await store.requests.find('other'), undefined);
  }),

  storeCase('of plans that answer one request at once, exactly one is committed', async (lab) => {
    const stores = await lab.stores(2, cups);
    for (const round of numbers(10)) {
      const outcomes = await Promise.all(
        numbers(4).map((place) =>
          stores[place % 2]!.commit(
            plan({
              changes: [cup(10 * round + place)],
              request: answered(`k${round}`, { answer: String(place) }),
            }),
          ),
        ),
      );
      const kinds = outcomes.map(({ kind }) => kind);
      assert.deepEqual(kinds.toSorted(), ['answered', 'answered', 'answered', 'committed']);
      const winner = kinds.indexOf('committed') + 1;
      assert.equal((await stores[0]!.requests.find(`k${round}`))?.answer, String(winner));
      assert.equal(await stores[0]!.count(cups, []), round);
    }
  }),

  storeCase('a request that is taken back before it came can never happen', async (lab) => {
    const store = await lab.store(cups);
    assert.equal(await outcome(store, withdrawn('k', false)), 'committed');
    const record = { key: 'k', fingerprint: '', answer: '', subject: null, isWithdrawn: true };
    assert.deepEqual(await store.requests.find('k'), record);
    const late = plan({ changes: [cup(1)], request: answered('k') });
    assert.deepEqual(await store.commit(late), { kind: 'answered' });
    assert.equal(await outcome(store, withdrawn('k', false)), 'answered');
    assert.equal(await outcome(store, withdrawn('k', true)), 'answered');
    assert.deepEqual(await store.requests.find('k'), record);
    assert.equal(await store.count(cups, []), 0);
  }),

  storeCase('a request is taken back once, and its record keeps its answer', async (lab) => {
    const store = await lab.store(cups);
    const request = answered('k', { subject: { table: 'cups', id: 1 } });
    await store.commit(plan({ changes: [cup(1)], request }));
    assert.equal(await outcome(store, withdrawn('k', false)), 'answered');
    const undo = plan({ changes: [update(cups, 1, 1, { qty: 0 })], request: withdrawn('k', true) });
    assert.deepEqual(await store.commit(undo), { kind: 'committed', versions: [2] });
    const { fingerprint, answer, subject } = request;
    assert.deepEqual(await store.requests.find('k'), {
      key: 'k',
      fingerprint,
      answer,
      subject,
      isWithdrawn: true,
    });
    assert.equal(await outcome(store, withdrawn('k', true)), 'answered');
    assert.equal(await outcome(store, answered('k')), 'answered');
    assert.equal(await outcome(store, withdrawn('unknown', true)), 'answered');
    assert.equal(await store.requests.find('unknown'), undefined);
  }),

  storeCase('of those who take one request back at once, exactly one does', async (lab) => {
    const stores = await lab.stores(2);
    for (const round of numbers(10)) {
      const key = `k${round}`;
      await outcome(stores[0]!, answered(key));
      const kinds = await Promise.all(
        numbers(4).map((place) => outcome(stores[place % 2]!, withdrawn(key, true))),
      );
      assert.deepEqual(kinds.toSorted(), ['answered', 'answered', 'answered', 'committed']);
    }
  }),

  storeCase('a request either happens or is taken back before, when both come at once', async (lab) => {
    const stores = await lab.stores(2);
    for (const round of numbers(10)) {
      const key = `k${round}`;
      const marks = [answered(key), withdrawn(key, false)];
      const kinds = await Promise.all(marks.map((request, place) => outcome(stores[place]!, request)));
      assert.deepEqual(kinds.toSorted(), ['answered', 'committed']);
      const isWithdrawn = kinds[1] === 'committed';
      assert.equal((await stores[0]!.requests.find(key))?.isWithdrawn, isWithdrawn);
    }
  }),

  storeCase('keys of requests are told apart to the letter, up to 255 characters', async (lab) => {
    const store = await lab.store();
    const long = 'x'.repeat(254);
    const keys = [
      'k',
      'K',
      'k ',
      ' k',
      'é',
      'e\u0301',
      'e',
      '#',
      '"k"',
      'ß',
      'ss',
      `${long}a`,
      `${long}A`,
      long,
    ];
    for (const key of keys) {
      const kind = await outcome(store, answered(key, { answer: `of ${key}` }));
      assert.equal(kind, 'committed', JSON.stringify(key));
    }
    for (const key of keys) {
      const found = await store.requests.find(key);
      assert.deepEqual([found?.key, found?.answer], [key, `of ${key}`]);
    }
  }),

  storeCase('records of requests are known after all stores were closed', async (lab) => {
    const before = await lab.store();
    await outcome(before, answered('k'));
    await before.close();
    const after = await lab.store();
    assert.equal((await after.requests.find('k'))?.answer, answered('k').answer);
    assert.equal(await outcome(after, answered('k')), 'answered');
  }),

  storeCase(
    'pruning forgets records of requests beyond the age, no more than the limit, and tells how many',
    async (lab) => {
      const store = await lab.store();
      for (const number of numbers(5)) await outcome(store, answered(`k${number}`));
      assert.equal(await store.requests.prune(60_000, 100), 0);
      const counts: number[] = [];
      await lab.until('all records are old', async () => {
        const count = await store.requests.prune(1, 2);
        if (count > 0) counts.push(count);
        return counts.reduce((sum, one) => sum + one, 0) === 5;
      });
      assert.ok(counts.every((count) => count <= 2));
      assert.equal(await store.requests.find('k1'), undefined);
      assert.equal(await outcome(store, answered('k1')), 'committed');
    },
  ),

  storeCase('the statements of schemaSql make all that calls and requests are noted in', async (lab) => {
    const store = lab.unopened();
    for (const statement of store.schemaSql([cups])) await lab.database.execute(statement);
    await store.open();
    await store.intents.open({ id: 'call', operation: 'payment.approve', holdMs: 60_000 });
    const request = answered('k');
    const kept = await store.commit(plan({ changes: [cup(1)], keeps: ['call'], request }));
    assert.equal(kept.kind, 'committed');
  }),
];

type Answered = Extract<RequestMark, { kind: 'answered' }>;

function answered(key: string, more: Partial<Answered> = {}): Answered {
  return { kind: 'answered', key, fingerprint: 'f1', answer: '{"status":201}', subject: null, ...more };
}

function withdrawn(key: string, knows: boolean): RequestMark {
  return { kind: 'withdrawn', key, knows };
}

/** What comes of a plan with nothing but a mark. */
async function outcome(store: Store, request: RequestMark): Promise<string> {
  return (await store.commit(plan({ request }))).kind;
}
