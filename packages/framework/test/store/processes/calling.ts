import { openStore } from './open-store.js';

// notes calls down one after the other, several at once, and tells each when it is noted; their hold is over at once
const store = await openStore();
let begun = 0;

async function callForEver(): Promise<never> {
  for (;;) {
    const id = `call ${(begun += 1)}`;
    await store.intents.open({ id, operation: 'payment.approve', holdMs: 0 });
    console.log(id);
  }
}

await Promise.all(Array.from({ length: 8 }, callForEver));
