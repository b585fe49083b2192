// A process that runs services, and kills itself where it is told: by HOST in its environment, or by its parent while it runs.
//   HOST='{"services":{"till":{"PORT":"0","DATA_DIR":"/tmp/x"}}}' node --conditions=@skanu/source --import @oxc-node/core/register host.ts
import { once } from 'node:events';
import { deliveryService } from '../../../packages/cafe-delivery/src/service.ts';
import { messageService } from '../../../packages/cafe-message/src/service.ts';
import { orderService } from '../../../packages/cafe-order/src/service.ts';
import { paymentService } from '../../../packages/cafe-payment/src/service.ts';
import { orderTraceService } from '../../../packages/cafe-trace/src/service.ts';
import { type ServiceDefinition, startService } from '../../../packages/framework/src/index.ts';
import { FaultyBroker, FaultyStore, type WritePlan } from '../../../packages/framework/src/testing/index.ts';
import type { Death, FromHost, HostPlan, ToHost } from '../protocol.ts';
import { ledger } from './ledger.ts';
import { till } from './till.ts';

const definitions: Record<string, ServiceDefinition> = {
  till,
  ledger,
  order: orderService,
  payment: paymentService,
  delivery: deliveryService,
  ordertrace: orderTraceService,
  message: messageService,
};

const plan = JSON.parse(process.env['HOST']!) as HostPlan;
const engines = new Map<string, { store: FaultyStore; broker: FaultyBroker }>();

// whoever started it is gone: it must not outlive them
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToHost) => {
  if (message.kind !== 'die') return;
  arm(message.death);
  tell({ kind: 'armed' });
});

if (plan.waits) {
  const told = once(process, 'message');
  tell({ kind: 'loaded' });
  await told;
}
for (const [name, settings] of Object.entries(plan.services)) {
  const faulty: Partial<{ store: FaultyStore; broker: FaultyBroker }> = {};
  await startService(definitions[name]!, {
    environment: { LOG_LEVEL: 'warn', LOG_FORMAT: 'json', ...settings },
    engines: {
      store: (real) => (faulty.store = new FaultyStore(real)),
      broker: (real) => {
        const broker = (faulty.broker = new FaultyBroker(real));
        // the store was asked for first, and nothing has run yet
        engines.set(name, { store: faulty.store!, broker });
        if (plan.death?.service === name) arm(plan.death);
        return broker;
      },
    },
  });
}
tell({ kind: 'ready' });

function arm({ service, engine, side, point, nth = 1, of }: Death): void {
  const faulty = engines.get(service)![engine];
  // a point of the wrong engine is never reached, and the test says so
  const crash = (side === 'before' ? faulty.crashBefore : faulty.crashAfter).bind(faulty) as (
    point: string,
    which: object,
  ) => void;
  crash(point, { nth, ...(of && { where: (write: WritePlan) => kindOf(write) === of }) });
}

function kindOf({ inbox }: WritePlan): Death['of'] {
  if (!inbox) return 'request';
  return inbox.parkedPosition === undefined ? 'handler' : 'redrive';
}

function tell(message: FromHost): void {
  process.send?.(message);
}
