import { appendFileSync } from 'node:fs';
import type { Subscription } from '../../../src/broker/broker.js';
import { EmbeddedBroker } from '../../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { Latch } from '../../../src/kernel/latch.js';
import { given, on, tell } from './parent.js';

/**
 * A member of a group that commits what it gets. With a `journal` it notes there each record before it is committed;
 * with `keep` it keeps its first batch until the parent says `go on`.
 */
const { path, topic, group, journal, keep, sessionTimeoutMs = 3_000, heartbeatMs = 500 } = given;
const goOn = new Latch();
on('go on', () => goOn.open());
on('cpu', () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: 'cpu', ms: (user + system) / 1000 });
});

const broker = new EmbeddedBroker({
  path,
  sessionTimeoutMs,
  heartbeatMs,
  clock: systemClock,
  random: Math.random,
});
await broker.open();
const subscription: Subscription = await broker.subscribe({
  group,
  topics: [topic],
  from: 'earliest',
  maxBatch: 20,
  receiver: {
    assigned(partitions) {
      tell({ kind: 'assigned', partitions: partitions.map(({ partition }) => partition) });
    },
    async received({ partition }, records) {
      tell({ kind: 'received', records: records.length, at: Date.now() });
      if (keep) await goOn.opened;
      const lines = records.map(
        ({ offset, key, value }) =>
          `${JSON.stringify({ partition, offset, key, ...JSON.parse(Buffer.from(value!).toString()) })}\n`,
      );
      if (journal) appendFileSync(journal, lines.join(''));
      const committing = subscription.commit([{ topic, partition, offset: records.at(-1)!.offset + 1 }]);
      tell({ kind: 'committing' });
      await committing;
      tell({ kind: 'committed', partition, offset: records.at(-1)!.offset + 1 });
    },
    async revoked(partitions) {
      tell({ kind: 'revoked', partitions: partitions.map(({ partition }) => partition) });
    },
    lost(partitions) {
      tell({ kind: 'lost', partitions: partitions.map(({ partition }) => partition) });
    },
  },
});
tell({ kind: 'joined' });
