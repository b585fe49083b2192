// A process that runs services, and kills itself where it is told: by HOST in its environment, or by its parent while it runs.
//   HOST='{"services":{"till":{"PORT":"0","DATA_DIR":"/tmp/x"}}}' node test/crash/processes/host.ts
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { startService } from '#framework/index';
import { FaultyBroker } from '#framework/testing/faulty-broker';
import { FaultyStore } from '#framework/testing/faulty-store';
import { seededRandom } from '#framework/testing/seeded-random';
import type { WritePlan } from '#framework/testing/index';
import type { Death, DeathAnywhere, FromHost, HostPlan, Place, ToHost } from '../protocol.ts';
import { definitionOf } from './definitions.ts';

/** The engines of a service as they are armed: by the names of their points, which came from another process. */
interface Armable {
  crashAtRandom(random: () => number, probability: number): void;
  crashBefore(point: string, which: object): void;
  crashAfter(point: string, which: object): void;
  holdNext(point: string, which: object): { readonly reached: Promise<void>; release(): void };
}

const plan = JSON.parse(process.env['HOST']!) as HostPlan;
const engines = new Map<string, Record<Death['engine'], Armable>>();
let release = () => {};

// whoever started it is gone: it must not outlive them
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToHost) => {
  if (message.kind === 'go') return;
  if (message.kind === 'release') {
    release();
    return;
  }
  if (message.kind === 'hang') hang(message.place);
  else if ('anywhere' in message.death) armAnywhere(message.death);
  else arm(message.death);
  tell({ kind: 'armed' });
});

const services = await Promise.all(
  Object.entries(plan.services).map(async ([name, settings]) => ({
    definition: await definitionOf(name),
    settings,
  })),
);
// who is killed does not come to it at the end
flushCompileCache();
if (plan.waits) {
  const told = once(process, 'message');
  tell({ kind: 'loaded' });
  await told;
}
const urls: Record<string, string> = {};
for (const { definition, settings } of services) {
  let store!: FaultyStore;
  const { url } = await startService(definition, {
    environment: { LOG_LEVEL: 'warn', LOG_FORMAT: 'json', ...settings },
    engines: {
      store: (real) => (store = new FaultyStore(real)),
      broker: (real) => {
        const broker = new FaultyBroker(real);
        // the store was asked for first, and nothing has run yet
        engines.set(definition.name, { store, broker });
        if (plan.death?.service === definition.name) arm(plan.death);
        return broker;
      },
    },
  });
  urls[definition.name] = url;
}
tell({ kind: 'ready', urls });

function arm(death: Death): void {
  const armable = engines.get(death.service)![death.engine];
  if (death.side === 'before') armable.crashBefore(death.point, whichOf(death));
  else armable.crashAfter(death.point, whichOf(death));
}

function hang(place: Place): void {
  const { service, engine, side, point } = place;
  const which = { ...whichOf(place), after: side === 'after' };
  const hold = engines.get(service)![engine].holdNext(point, which);
  release = () => hold.release();
  void hold.reached.then(() => tell({ kind: 'held' }));
}

function whichOf({ nth = 1, of }: Place): object {
  return { nth, ...(of && { where: (write: WritePlan) => kindOf(write) === of }) };
}

function armAnywhere({ service, anywhere: { seed, probability } }: DeathAnywhere): void {
  const random = seededRandom(seed);
  for (const armable of Object.values(engines.get(service)!)) armable.crashAtRandom(random, probability);
}

function kindOf({ inbox, request }: WritePlan): Place['of'] {
  if (request?.kind === 'withdrawn') return 'withdrawal';
  if (!inbox) return 'request';
  return inbox.parkedPosition === undefined ? 'handler' : 'redrive';
}

function tell(message: FromHost): void {
  process.send?.(message);
}
