import { appendFileSync } from 'node:fs';
import type { Subscription } from '../../../src/broker/broker.js';
import { EmbeddedBroker } from '../../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { Latch } from '../../../src/kernel/latch.js';
import { parent } from './parent.js';

interface Given {
  readonly path: string;
  readonly topic: string;
  readonly group: string;
  /** Where each record is noted before it is committed. */
  readonly journal?: string;
  /** Keep the first batch until the parent says `go on`. */
  readonly keep?: boolean;
  readonly sessionTimeoutMs?: number;
}

/** A member of a group that notes what it gets and commits it. */
const { given, tell, on } = parent<Given>();
const goOn = new Latch();
on('go on', () => goOn.open());
on('cpu', () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: 'cpu', ms: (user + system) / 1000 });
});

const broker = new EmbeddedBroker({
  clock: systemClock,
  random: Math.random,
  path: given.path,
  sessionTimeoutMs: given.sessionTimeoutMs ?? 3_000,
});
await broker.open();
const subscription: Subscription = await broker.subscribe({
  group: given.group,
  topics: [given.topic],
  from: 'earliest',
  maxBatch: 20,
  receiver: {
    assigned(partitions) {
      tell({ kind: 'assigned', partitions: partitions.map(({ partition }) => partition) });
    },
    async received({ topic, partition }, records) {
      tell({ kind: 'received', records: records.length, at: Date.now() });
      if (given.keep) await goOn.opened;
      const lines = records.map(
        ({ offset, key, value }) =>
          `${JSON.stringify({ partition, offset, key, ...JSON.parse(Buffer.from(value!).toString()) })}\n`,
      );
      if (given.journal) appendFileSync(given.journal, lines.join(''));
      await subscription.commit([{ topic, partition, offset: records.at(-1)!.offset + 1 }]);
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
