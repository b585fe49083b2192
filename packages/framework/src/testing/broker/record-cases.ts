import assert from 'node:assert/strict';
import type { ProducerRecord } from '../../broker/broker.js';
import { RecordTooLargeError } from '../../kernel/errors/broker-errors.js';
import { type BrokerCase, brokerCase } from './broker-case.js';
import { type BrokerLab, record } from './broker-lab.js';

export const recordCases: readonly BrokerCase[] = [
  brokerCase('a value of arbitrary bytes arrives byte for byte', async (lab) => {
    const value = Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) % 256);
    await arrivesAsItWas(lab, [{ key: 'binary', value, headers: {} }]);
  }),

  brokerCase('keys, headers and values keep every Unicode character', async (lab) => {
    const text = 'naïve 漢字 😀 e\u0301 \u0000 "quoted" \\ \r\n';
    const headers = { ce_id: 'a-1', note: text, empty: '' };
    await arrivesAsItWas(lab, [
      { key: text, value: Buffer.from(text), headers },
      { key: '', value: Buffer.from('under the empty key'), headers: {} },
    ]);
  }),

  brokerCase('no value (a tombstone) and an empty value stay two different things', async (lab) => {
    await arrivesAsItWas(lab, [
      { key: 'tombstone', value: null, headers: { why: 'deleted' } },
      { key: 'empty', value: new Uint8Array(0), headers: {} },
    ]);
  }),

  brokerCase('records without a key arrive without a key, each once', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 3);
    const values = Array.from({ length: 30 }, (_, i) => `v${i}`);
    await broker.publish(values.map((value) => record(topic, null, value)));
    const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, values);
    assert.equal(member.records.length, 30);
    assert.ok(member.records.every(({ key }) => key === null));
  }),

  brokerCase('a record tells when it was appended', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    await broker.publish([record(topic, 'k', 'v')]);
    const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, ['v']);
    // the engine's clock may be another machine's
    assert.ok(Math.abs(Date.now() - member.records[0]!.timestamp) < 60_000);
  }),

  brokerCase('a value as large as the limit arrives', async (lab) => {
    const broker = await lab.broker();
    const value = new Uint8Array(broker.capabilities.maxRecordBytes).fill(0x61);
    await arrivesAsItWas(lab, [{ key: 'large', value, headers: {} }]);
  }),

  brokerCase('a record above the limit is refused before anything is appended', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    const value = new Uint8Array(broker.capabilities.maxRecordBytes + 1);
    const publishing = broker.publish([
      record(topic, 'k', 'beside it'),
      { topic, key: 'k', value, headers: {} },
    ]);
    await assert.rejects(publishing, RecordTooLargeError);
    await broker.publish([record(topic, 'k', 'marker')]);
    const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, ['marker']);
    assert.deepEqual(member.values, ['marker']);
  }),

  brokerCase('publishing nothing appends nothing', async (lab) => {
    const broker = await lab.broker();
    const topic = await lab.topic(broker, 1);
    await broker.publish([]);
    await broker.publish([record(topic, 'k', 'marker')]);
    const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
    await lab.untilValues(member, ['marker']);
    assert.deepEqual(member.values, ['marker']);
  }),
];

async function arrivesAsItWas(
  lab: BrokerLab,
  records: readonly Omit<ProducerRecord, 'topic'>[],
): Promise<void> {
  const broker = await lab.broker();
  const topic = await lab.topic(broker, 1);
  await broker.publish(records.map((one) => ({ topic, ...one })));
  const member = await lab.join(broker, { group: lab.group(), topics: [topic] });
  await lab.until('all have come', () => member.records.length >= records.length);
  const came = member.records.map(({ key, value, headers }) => ({
    key,
    value: bytes(value),
    headers: { ...headers },
  }));
  assert.deepEqual(
    came,
    records.map(({ key, value, headers }) => ({ key, value: bytes(value), headers: { ...headers } })),
  );
}

/** Adapters may give any kind of Uint8Array. */
function bytes(value: Uint8Array | null): string | null {
  return value && Buffer.from(value).toString('hex');
}
