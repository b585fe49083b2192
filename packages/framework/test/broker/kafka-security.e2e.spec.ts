import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaBroker } from '../../src/broker/kafka/kafka-broker.js';
import type { KafkaBrokerOptions } from '../../src/broker/kafka/kafka-broker-options.js';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { NoticeBoard } from '../../src/testing/broker/notice-board.js';
import { noContainers } from '../containers/containers.js';
import { until } from '../fixtures/until.js';
import { Collector } from './embedded-fixture.js';
import { kafkaBroker } from './kafka-fixture.js';
import {
  PLAIN_PASSWORD,
  PLAIN_USER,
  type SecureKafka,
  setScramPassword,
  startSecureKafka,
} from './kafka-secure.js';

const PASSWORD = 'scram-secret';
const reason = noContainers === undefined ? '' : ` (${noContainers})`;

let kafka: SecureKafka;
const opened: KafkaBroker[] = [];
const logged: unknown[] = [];
const note = (fields: object, message: string) => void logged.push([message, fields]);

function broker(sasl?: KafkaBrokerOptions['sasl'], tls?: KafkaBrokerOptions['tls']): KafkaBroker {
  const made = kafkaBroker(kafka.server.port, {
    requestTimeoutMs: 4_000,
    tls: tls ?? { ca: kafka.ca, verify: true },
    ...(sasl && { sasl }),
    logger: { debug: note, info: note, warn: note, error: note },
  });
  opened.push(made);
  return made;
}

async function carriesRecords(one: KafkaBroker, name: string): Promise<void> {
  await one.ensureTopic({ name, partitions: 1, retentionMs: 3_600_000, retentionBytes: 1e9 });
  const collector = new Collector(new NoticeBoard(30_000));
  await one.publish([{ topic: name, key: 'k', value: Buffer.from('v'), headers: {} }]);
  await one.subscribe({
    group: `group-${name}`,
    topics: [name],
    from: 'earliest',
    maxBatch: 10,
    receiver: collector,
  });
  await until(
    () => collector.values,
    (values) => values.includes('v'),
    30_000,
  );
}

describe.skipIf(noContainers !== undefined)(
  `Kafka with TLS and a login${reason}`,
  { timeout: 120_000 },
  () => {
    beforeAll(async () => {
      kafka = await startSecureKafka();
      await setScramPassword(kafka, 'SCRAM-SHA-256', 'app', PASSWORD);
      await setScramPassword(kafka, 'SCRAM-SHA-512', 'app', PASSWORD);
    }, 120_000);
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()));
    }, 60_000);
    afterAll(() => kafka?.server[Symbol.asyncDispose]());

    it.each([
      { mechanism: 'plain', username: PLAIN_USER, password: PLAIN_PASSWORD },
      { mechanism: 'scram-sha-256', username: 'app', password: PASSWORD },
      { mechanism: 'scram-sha-512', username: 'app', password: PASSWORD },
    ] as const)('$mechanism lets it in, to publish and to read', async (sasl) => {
      const one = broker(sasl);
      await one.open();
      await carriesRecords(one, sasl.mechanism);
    });

    it.each([
      { mechanism: 'plain', username: PLAIN_USER, password: 'a wrong secret' },
      { mechanism: 'scram-sha-512', username: 'app', password: 'a wrong secret' },
      { mechanism: 'scram-sha-512', username: 'nobody', password: 'a wrong secret' },
    ] as const)(
      '$mechanism with a wrong password for $username: it says that the login is refused',
      async (sasl) => {
        const error = await broker(sasl)
          .open()
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(BrokerUnavailableError);
        expect((error as Error).cause).toMatchObject({ message: 'it refuses the login' });
        expect(inspect(error, { depth: 10 })).not.toContain(sasl.password);
      },
    );

    it('a wrong password is refused also right after a right one was used', async () => {
      const sasl = { mechanism: 'scram-sha-512', username: 'app', password: PASSWORD } as const;
      const right = broker(sasl);
      await right.open();
      await expect(broker({ ...sasl, password: 'a wrong secret' }).open()).rejects.toThrow(
        BrokerUnavailableError,
      );
    });

    it('a server whose certificate no trusted authority has signed is refused, unless that is asked for', async () => {
      const sasl = { mechanism: 'plain', username: PLAIN_USER, password: PLAIN_PASSWORD } as const;
      await expect(broker(sasl, { verify: true }).open()).rejects.toThrow(BrokerUnavailableError);
      await broker(sasl, { verify: false }).open();
    });

    it('who is locked out for a while is failing and says why, then works again by itself', async () => {
      const one = broker({ mechanism: 'scram-sha-512', username: 'app', password: PASSWORD });
      await one.open();
      await one.ensureTopic({ name: 'locked', partitions: 1, retentionMs: 3_600_000, retentionBytes: 1e9 });
      const collector = new Collector(new NoticeBoard(60_000));
      const subscription = await one.subscribe({
        group: 'locked',
        topics: ['locked'],
        from: 'earliest',
        maxBatch: 10,
        receiver: collector,
      });
      await until(
        () => subscription.state,
        (state) => state === 'running',
        30_000,
      );
      await setScramPassword(kafka, 'SCRAM-SHA-512', 'app');
      await kafka.server.kill();
      await kafka.server.start();
      const refused = () =>
        ((subscription.failure as Error | undefined)?.cause as Error | undefined)?.message;
      await until(refused, (message) => message === 'it refuses the login', 60_000);
      expect(subscription.state).toBe('failing');
      expect(collector.losses).toEqual([0]);

      await setScramPassword(kafka, 'SCRAM-SHA-512', 'app', PASSWORD);
      await until(
        () => subscription.state,
        (state) => state === 'running',
        60_000,
      );
      await one.publish([{ topic: 'locked', key: 'k', value: Buffer.from('after'), headers: {} }]);
      await until(
        () => collector.values,
        (values) => values.includes('after'),
        30_000,
      );
    });

    it('no secret is logged', () => {
      const all = inspect(logged, { depth: 10, maxArrayLength: null });
      expect(logged.length).toBeGreaterThan(0);
      for (const secret of [PASSWORD, PLAIN_PASSWORD, 'a wrong secret']) expect(all).not.toContain(secret);
    });
  },
);
