import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ServerContainer, noContainers } from '../containers/containers.js';
import { startKafka } from '../containers/kafka.js';
import { until } from '../fixtures/until.js';
import { KafkaBench, named } from './kafka-bench.js';

const reason = noContainers === undefined ? '' : ` (${noContainers})`;

let server: ServerContainer;
let bench: KafkaBench;

describe.skipIf(noContainers !== undefined)(
  `A log with transactions of others${reason}`,
  { timeout: 120_000 },
  () => {
    beforeAll(async () => {
      server = await startKafka();
      bench = new KafkaBench(server.port);
    }, 120_000);
    afterEach(() => bench.end(), 60_000);
    afterAll(() => server?.[Symbol.asyncDispose]());

    it('is read to its end though the last things in it are given to nobody', async () => {
      const broker = await bench.open();
      const topic = named('transactions');
      await broker.ensureTopic({ name: topic, partitions: 2, retentionMs: 3_600_000, retentionBytes: 1e9 });
      const client = new kafkajs.Kafka({
        brokers: [`localhost:${server.port}`],
        logLevel: kafkajs.logLevel.NOTHING,
      });
      const producer = client.producer({ idempotent: true, transactionalId: named('writer') });
      await producer.connect();
      const write = async (partition: number, values: string[], end: 'commit' | 'abort') => {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: values.map((value) => ({ partition, value })) });
        await transaction[end]();
      };
      await write(0, ['a', 'b'], 'commit');
      await write(0, ['never'], 'abort');
      // and nothing else than that in the other one
      await write(1, ['never'], 'abort');
      await producer.disconnect();

      const values: string[] = [];
      const subscription = await broker.subscribe({
        group: named('readers'),
        topics: [topic],
        from: 'earliest',
        maxBatch: 10,
        receiver: {
          assigned() {},
          lost() {},
          async revoked() {},
          async received(partition, records) {
            values.push(...records.map(({ value }) => Buffer.from(value!).toString()));
            await subscription.commit([{ ...partition, offset: records.at(-1)!.offset + 1 }]);
          },
        },
      });
      const positions = await until(
        () => subscription.lag(),
        (lags) => lags.length === 2 && lags.every(({ lag }) => lag === 0),
      );
      // two records and a mark, one record that was taken back and a mark
      expect(positions.map(({ offset }) => offset)).toEqual([5, 2]);
      expect(values).toEqual(['a', 'b']);
      await subscription.close();
    });
  },
);
