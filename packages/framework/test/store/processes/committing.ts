import { cup, cups, event, mark, plan } from '../../../src/testing/store/store-samples.js';
import { openStore } from './open-store.js';

// commits cup, event and mark of one number after the other, several at once, and tells each number when it is committed
const store = await openStore();

async function commitForEver(): Promise<never> {
  for (;;) {
    const { first: id } = await store.reserveIds(cups, 1);
    const unit = plan({ changes: [cup(id)], events: [event(`e${id}`)], inbox: mark(`m${id}`) });
    await store.commit(unit);
    console.log(String(id));
  }
}

await Promise.all(Array.from({ length: 8 }, commitForEver));
