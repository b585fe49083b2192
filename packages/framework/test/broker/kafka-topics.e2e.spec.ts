import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RecordTooLargeError } from '../../src/kernel/errors/broker-errors.js';
import { ConfigurationError } from '../../src/kernel/errors/start-errors.js';
import { type ServerContainer, noContainers } from '../containers/containers.js';
import { startKafka } from '../containers/kafka.js';
import { until } from '../fixtures/until.js';
import { KafkaBench, named, record } from './kafka-bench.js';

const reason = noContainers === undefined ? '' : ` (${noContainers})`;

let server: ServerContainer;
let bench: KafkaBench;

describe.skipIf(noContainers !== undefined)(`Topics of Kafka${reason}`, { timeout: 120_000 }, () => {
  beforeAll(async () => {
    server = await startKafka();
    bench = new KafkaBench(server.port);
  }, 120_000);
  afterEach(() => bench.end(), 60_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  it('an unknown topic is refused at once', async () => {
    const broker = await bench.open();
    const begun = performance.now();
    await expect(broker.publish([record(named('no'), 'k', 'v')])).rejects.toThrow(/does not exist/);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  describe('one that others have made', () => {
    const make = async (limit: number): Promise<string> => {
      const name = named('small');
      const admin = new kafkajs.Kafka({
        brokers: [`localhost:${server.port}`],
        logLevel: kafkajs.logLevel.NOTHING,
      }).admin();
      await admin.connect();
      await admin.createTopics({
        topics: [{ topic: name, configEntries: [{ name: 'max.message.bytes', value: String(limit) }] }],
      });
      await admin.disconnect();
      return name;
    };

    it('is refused when it takes less than our largest events, with what to do', async () => {
      const broker = await bench.open();
      const name = await make(500_000);
      const ensuring = broker.ensureTopic({
        name,
        partitions: 1,
        retentionMs: 3_600_000,
        retentionBytes: 1e9,
      });
      const error = await ensuring.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({
        message: expect.stringMatching(/500000 bytes \(max\.message\.bytes\)/),
        help: expect.stringMatching(/MAX_EVENT_BYTES to at most 483616/),
      });
    });

    it('is taken as it is with what Kafka gives by default', async () => {
      const broker = await bench.open();
      const name = await make(1_048_588);
      await broker.ensureTopic({ name, partitions: 1, retentionMs: 3_600_000, retentionBytes: 1e9 });
    });

    it('gets a call that is more than it takes at once in several batches, in order', async () => {
      const broker = await bench.open({ maxRecordBytes: 20_000 });
      const name = await make(40_000);
      const collector = await bench.joined(broker, named('group'), name);
      const values = Array.from({ length: 20 }, (_, i) => `${i}`.padEnd(10_000, '.'));
      await broker.publish(values.map((value) => record(name, 'k', value)));
      await until(
        () => collector.records.length,
        (count) => count === 20,
        30_000,
      );
      expect(collector.values).toEqual(values);
    });

    it('refuses a record whose headers make it too large before anything is appended', async () => {
      const broker = await bench.open({ maxRecordBytes: 20_000 });
      const name = await make(40_000);
      const large = { ...record(name, 'k', 'large'), headers: { h: 'x'.repeat(50_000) } };
      await expect(broker.publish([record(name, 'k', 'beside it'), large])).rejects.toThrow(
        RecordTooLargeError,
      );
      const collector = await bench.joined(broker, named('group'), name);
      await broker.publish([record(name, 'k', 'marker')]);
      await until(
        () => collector.values,
        (values) => values.length > 0,
        30_000,
      );
      expect(collector.values).toEqual(['marker']);
    });
  });
});
