// One service of the shop in the framework, as a process: node ours.ts orders|kitchen. Settings as for every service.
import type { Store } from '#framework/store/store';
import type { WritePlan } from '#framework/store/write-plan';
import { startService } from '#framework/index';
import { reporting } from './handled.ts';
import { kitchenService, ordersService } from './shop.ts';

const handled = reporting();
const service = await startService(process.argv[2] === 'kitchen' ? kitchenService : ordersService, {
  engines: { store: timed },
});
process.on('message', (message) => {
  if (message === 'stop') void service.stop().then(() => process.exit(0));
});
process.send!({ url: service.url });

/** Sees when a dish is committed: that is when its event has been handled. */
function timed(store: Store): Store {
  const commit = store.commit.bind(store);
  store.commit = async (plan: WritePlan) => {
    const outcome = await commit(plan);
    const [change] = plan.changes;
    if (plan.inbox && outcome.kind === 'committed' && change?.kind === 'insert')
      handled.one(change.values['at'] as number);
    return outcome;
  };
  return store;
}
