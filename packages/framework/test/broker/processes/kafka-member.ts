import type { Subscription } from '../../../src/broker/broker.js';
import { Latch } from '../../../src/kernel/latch.js';
import { kafkaBroker } from '../kafka-fixture.js';
import { given, on, tell } from './parent.js';

/** A member of a group of Kafka. It keeps its first batch until the parent says `go on`, then commits it. */
const { port, group, topic } = given;
const goOn = new Latch();
on('go on', () => goOn.open());

process.on('warning', ({ name }) => tell({ kind: 'warning', name }));

const broker = kafkaBroker(port, { requestTimeoutMs: 2_000, rebalanceLimitMs: 2_000 });
on('publish', () => {
  broker.publish([{ topic, key: 'k', value: null, headers: {} }]).then(
    () => tell({ kind: 'published' }),
    () => tell({ kind: 'not published' }),
  );
});
on('close', () => {
  void (async () => {
    await broker.close();
    tell({ kind: 'closed' });
    process.disconnect!();
  })();
});
await broker.open();
const subscription: Subscription = await broker.subscribe({
  group,
  topics: [topic],
  from: 'earliest',
  maxBatch: 10,
  receiver: {
    assigned(partitions) {
      tell({ kind: 'assigned', partitions: partitions.map(({ partition }) => partition) });
    },
    async received({ partition }, records) {
      tell({
        kind: 'received',
        partition,
        values: records.map(({ value }) => Buffer.from(value!).toString()),
      });
      await goOn.opened;
      const offset = records.at(-1)!.offset + 1;
      await subscription.commit([{ topic, partition, offset }]).then(
        () => tell({ kind: 'committed', partition }),
        () => tell({ kind: 'not committed', partition }),
      );
    },
    async revoked() {
      tell({ kind: 'revoked' });
    },
    lost() {
      tell({ kind: 'lost' });
    },
  },
});
process.emitWarning('of the application', 'AppWarning');
tell({ kind: 'joined' });
