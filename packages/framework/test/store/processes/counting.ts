import { VersionConflictError } from '../../../src/kernel/errors/store-errors.js';
import { commit, cup, cups, update } from '../../../src/testing/store/store-samples.js';
import { openStore } from './open-store.js';

// adds one to the quantity of cup 1, as often as the second argument says, and makes a cup each time
const store = await openStore();

async function addOne(): Promise<void> {
  const { version, values } = (await store.get(cups, 1))!;
  const { first: id } = await store.reserveIds(cups, 1);
  try {
    await commit(store, update(cups, 1, version, { qty: Number(values['qty']) + 1 }), cup(id));
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    await addOne();
  }
}

for (let left = Number(process.argv[3]); left > 0; left--) await addOne();
await store.close();
