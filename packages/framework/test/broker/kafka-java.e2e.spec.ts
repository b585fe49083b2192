import { randomUUID } from 'node:crypto';
import kafkajs, { type IHeaders, type KafkaMessage, type Message } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../src/model/service-definition.js';
import { type ServerContainer, noContainers } from '../containers/containers.js';
import { startKafka } from '../containers/kafka.js';
import { type Lab, openLab } from '../fixtures/lab.js';
import { notebook, takeNote } from '../fixtures/notebook.js';
import { filed, office, resetOffice, waiting } from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { until } from '../fixtures/until.js';
import { kafkaBroker } from './kafka-fixture.js';

/** What Spring Cloud Stream writes. */
const SPRING = {
  contentType: '"application/json"',
  spring_json_header_types: '{"contentType":"java.lang.String"}',
};
const reason = noContainers === undefined ? '' : ` (${noContainers})`;

let server: ServerContainer;
const kafka = () =>
  new kafkajs.Kafka({ brokers: [`localhost:${server.port}`], logLevel: kafkajs.logLevel.NOTHING });

/** A service on a topic of its own, with one partition as the Java services have it. */
function service(definition: ServiceDefinition, folder: string, topic: string): Promise<Lab> {
  return openLab(
    folder,
    // the topic's name is the group's too, or it would wait for the session of the test before
    { ...definition, name: topic },
    {
      settings: { TOPIC: topic, TOPIC_PARTITIONS: 1 },
      wrapBroker: () => kafkaBroker(server.port),
      random: () => 0,
    },
  );
}

/** Writes to a topic as any other program would. */
async function write(topic: string, ...messages: Message[]): Promise<void> {
  const producer = kafka().producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** Reads so many messages of a topic as any other program would. */
async function read(topic: string, count: number): Promise<KafkaMessage[]> {
  const consumer = kafka().consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const messages: KafkaMessage[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
  await until(
    () => messages.length,
    (length) => length >= count,
    30_000,
  );
  await consumer.disconnect();
  return messages;
}

const letter = (from: unknown, no: unknown, more: object = {}) =>
  JSON.stringify({ eventType: 'Letter', timestamp: '20261121114929', from, no, ...more });
const text = (headers: IHeaders | undefined) =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));

describe.skipIf(noContainers !== undefined)(
  `A topic that is shared with Java services${reason}`,
  { timeout: 60_000 },
  () => {
    resetOffice();

    beforeAll(async () => {
      server = await startKafka();
    }, 120_000);
    afterAll(() => server?.[Symbol.asyncDispose]());

    it('their events are handled: no key, no id, headers of their own', async () => {
      using folder = temporaryFolder();
      const topic = `office-${randomUUID()}`;
      await using lab = await service(office, folder.path, topic);
      await write(
        topic,
        { value: letter('a', 1), headers: SPRING },
        // ids begin again after a restart: the same fields at another place are another event
        { value: letter('a', 1), headers: SPRING },
        { value: letter('b', '2') },
      );
      await lab.drained();
      expect((await filed(lab)).toSorted()).toEqual(['a1', 'a1', 'b2']);
      expect(await waiting(lab)).toEqual([]);
    });

    it('what is no event is parked alone, and holds up nothing', async () => {
      using folder = temporaryFolder();
      const topic = `office-${randomUUID()}`;
      await using lab = await service(office, folder.path, topic);
      await write(
        topic,
        { value: '{"eventType":"Letter"' },
        { value: '[1, 2]' },
        { value: null },
        { key: 'a', value: null },
        { value: 'null' },
        { value: Buffer.from([0xff, 0xfe, 0x00]) },
        { value: JSON.stringify({ eventType: null, from: 'a', no: 1 }) },
        { value: letter('a', 1) },
      );
      await lab.drained();
      expect(await filed(lab)).toEqual(['a1']);
      expect((await lab.store.parking.keys(0, 100)).map(({ key, reason: why }) => [key, why?.code])).toEqual(
        Array.from({ length: 7 }, () => [null, 'UNREADABLE_RECORD']),
      );
    });

    it('an event whose fields do not fit is parked under its key, without a key alone', async () => {
      using folder = temporaryFolder();
      const topic = `office-${randomUUID()}`;
      await using lab = await service(office, folder.path, topic);
      await write(
        topic,
        { key: 'a', value: letter('a', 'many') },
        { key: 'a', value: letter('a', 2) },
        { value: letter({}, 3) },
        { key: 'b', value: letter('b', 4) },
      );
      await lab.drained();
      expect(await filed(lab)).toEqual(['b4']);
      expect(await waiting(lab)).toEqual(['Clerk a: INVALID_EVENT, 2', 'Clerk null: INVALID_EVENT, 1']);
    });

    it('an event that nobody reacts to is counted and passed over', async () => {
      using folder = temporaryFolder();
      const topic = `office-${randomUUID()}`;
      await using lab = await service(office, folder.path, topic);
      await write(
        topic,
        { value: JSON.stringify({ eventType: 'DeliveryStarted', id: 1 }), headers: SPRING },
        { value: JSON.stringify({ eventType: 'OrderPlaced', id: '550e8400-e29b-41d4-a716-446655440000' }) },
        { value: letter('a', 1) },
      );
      await lab.drained();
      expect(await filed(lab)).toEqual(['a1']);
      expect(await waiting(lab)).toEqual([]);
      expect(await lab.metrics.text()).toMatch(/^events_ignored_total\S* 2$/m);
    });

    it('keys of bytes keep their order and are parked each on its own', async () => {
      using folder = temporaryFolder();
      const topic = `office-${randomUUID()}`;
      await using lab = await service(office, folder.path, topic);
      const [one, other] = [
        Buffer.from([0, 0, 0, 0, 0, 0, 0, 0xfe]),
        Buffer.from([0, 0, 0, 0, 0, 0, 0, 0xff]),
      ];
      await write(
        topic,
        { key: one, value: letter('one', 'wrong') },
        { key: other, value: letter('other', 1) },
        { key: one, value: letter('one', 2) },
      );
      await lab.drained();
      expect(await filed(lab)).toEqual(['other1']);
      expect((await lab.store.parking.keys(0, 10)).map(({ key, records }) => [key, records])).toEqual([
        [`base64:${one.toString('base64')}`, 2],
      ]);
    });

    it('an event that is larger than any of ours is handled, unknown fields or not', async () => {
      using folder = temporaryFolder();
      const topic = `office-${randomUUID()}`;
      await using lab = await service(office, folder.path, topic);
      const admin = kafka().admin();
      await admin.connect();
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: [{ name: 'max.message.bytes', value: '9000000' }],
          },
        ],
      });
      await admin.disconnect();
      await write(
        topic,
        { value: letter('a', 1, { more: 'x'.repeat(4_000_000) }) },
        { value: letter('a', 2) },
      );
      await lab.drained();
      expect(await filed(lab)).toEqual(['a1', 'a2']);
    });

    it('our events lie there as the wire format says', async () => {
      using folder = temporaryFolder();
      const topic = `notebook-${randomUUID()}`;
      await using lab = await service(notebook, folder.path, topic);
      const note = await lab.run(() => takeNote('naïve 漢字', { stars: 3 }), { correlationId: 'order 1' });
      const [message] = await read(topic, 1);
      expect(message!.key).toEqual(Buffer.from(String(note.id)));
      expect(String(message!.value)).toMatch(/^\{"eventType":"NoteTaken","timestamp":"\d{14}",/);
      expect(JSON.parse(String(message!.value))).toEqual({
        eventType: 'NoteTaken',
        timestamp: expect.stringMatching(/^20\d{12}$/),
        id: note.id,
        text: 'naïve 漢字',
        stars: 3,
      });
      const headers = text(message!.headers);
      expect(headers).toMatchObject({
        ce_specversion: '1.0',
        ce_id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7/),
        ce_source: expect.stringMatching(/^\/notebook-/),
        ce_type: 'NoteTaken',
        ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        'content-type': 'application/json',
        traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-\d\d$/),
        ce_correlationid: 'order 1',
      });
      // a header of this name without its companion makes every Java consumer fail
      expect(headers).not.toHaveProperty('contentType');
    });
  },
);
