import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StoreCase, storeCase } from './store-case.js';
import { numbers } from './store-samples.js';

const LONG_MS = 60_000;
const SHORT_MS = 40;

export const leaseCases: readonly StoreCase[] = [
  storeCase('a lease is held by one owner at a time, each name on its own', async (lab) => {
    const [one, other] = await lab.stores(2);
    const lease = await one!.leases.acquire('relay', 'one', LONG_MS);
    assert.equal(lease?.name, 'relay');
    assert.equal(lease.owner, 'one');
    assert.equal(await other!.leases.acquire('relay', 'other', LONG_MS), undefined);
    assert.ok(await other!.leases.acquire('janitor', 'other', LONG_MS));
  }),

  storeCase('of many that ask for a free lease at once, exactly one gets it', async (lab) => {
    const stores = await lab.stores(3);
    const answers = await Promise.all(
      numbers(30).map((asker) => stores[asker % 3]!.leases.acquire('relay', `asker ${asker}`, LONG_MS)),
    );
    assert.equal(answers.filter((lease) => lease !== undefined).length, 1);
  }),

  storeCase('a lease that ran out goes to another owner, with a higher token', async (lab) => {
    const [one, other] = await lab.stores(2);
    const before = (await one!.leases.acquire('relay', 'one', SHORT_MS))!;
    const after = await lab.until('it ran out', () => other!.leases.acquire('relay', 'other', LONG_MS));
    assert.ok(after.token > before.token);
    assert.equal(await one!.leases.acquire('relay', 'one', LONG_MS), undefined);
  }),

  storeCase('its owner gets a lease anew with a higher token, and the old one is lost', async (lab) => {
    const store = await lab.store();
    const before = (await store.leases.acquire('relay', 'one', LONG_MS))!;
    const after = (await store.leases.acquire('relay', 'one', LONG_MS))!;
    assert.ok(after.token > before.token);
    assert.equal(await store.leases.renew(before, LONG_MS), false);
    assert.equal(await store.leases.renew(after, LONG_MS), true);
  }),

  storeCase('a renewed lease is kept for as long as it was renewed', async (lab) => {
    const [one, other] = await lab.stores(2);
    const lease = (await one!.leases.acquire('relay', 'one', LONG_MS))!;
    assert.equal(await one!.leases.renew(lease, SHORT_MS), true);
    assert.equal(await one!.leases.renew(lease, LONG_MS), true);
    await sleep(2 * SHORT_MS);
    assert.equal(await other!.leases.acquire('relay', 'other', LONG_MS), undefined);
    assert.equal(await one!.leases.renew(lease, 1), true);
    await lab.until('it ran out', () => other!.leases.acquire('relay', 'other', LONG_MS));
  }),

  storeCase(
    'a lease that was taken over cannot be renewed, and giving it back leaves the new owner alone',
    async (lab) => {
      const [one, other] = await lab.stores(2);
      const lost = (await one!.leases.acquire('relay', 'one', 1))!;
      const held = await lab.until('it ran out', () => other!.leases.acquire('relay', 'other', LONG_MS));
      assert.equal(await one!.leases.renew(lost, LONG_MS), false);
      await one!.leases.release(lost);
      assert.equal(await one!.leases.acquire('relay', 'one', LONG_MS), undefined);
      assert.equal(await other!.leases.renew(held, LONG_MS), true);
    },
  ),

  storeCase('a lease that was given back is free at once, and its token is not given again', async (lab) => {
    const [one, other] = await lab.stores(2);
    const before = (await one!.leases.acquire('relay', 'one', LONG_MS))!;
    await one!.leases.release(before);
    assert.equal(await one!.leases.renew(before, LONG_MS), false);
    const after = await other!.leases.acquire('relay', 'other', LONG_MS);
    assert.ok(after && after.token > before.token);
    await one!.leases.release(before);
    assert.equal(await one!.leases.acquire('relay', 'one', LONG_MS), undefined);
  }),

  storeCase('tokens keep rising when all stores are closed in between', async (lab) => {
    const before = await lab.store();
    const { token } = (await before.leases.acquire('relay', 'one', 1))!;
    await before.close();
    const after = await lab.store();
    const next = await lab.until('it ran out', () => after.leases.acquire('relay', 'other', LONG_MS));
    assert.ok(next.token > token);
  }),
];
