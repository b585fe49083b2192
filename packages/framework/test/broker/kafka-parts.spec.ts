import type { Message } from 'kafkajs';
import { describe, expect, it, test } from 'vitest';
import { partitionOfKey } from '../../src/broker/embedded/partition-of-key.js';
import { brokersOf } from '../../src/broker/kafka/broker-address.js';
import { FixedPartitioner } from '../../src/broker/kafka/fixed-partitioner.js';
import { brokerFailure, isExpelled } from '../../src/broker/kafka/kafka-failure.js';
import { messageOf, recordOf, sizeOf } from '../../src/broker/kafka/record-codec.js';
import { bytesOf, textOf } from '../../src/broker/kafka/wire-text.js';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { ConfigurationError } from '../../src/kernel/errors/start-errors.js';

describe('the URL of the brokers', () => {
  test.each([
    ['kafka://one:9092', ['one:9092']],
    ['kafka://one:1,two:2', ['one:1', 'two:2']],
    ['kafka://one', ['one:9092']],
    ['kafka://one.example, 10.0.0.2:9093/', ['one.example:9092', '10.0.0.2:9093']],
  ])('%s names them', (url, brokers) => {
    expect(brokersOf(url)).toEqual(brokers);
  });

  test.each(['kafka://', 'kafka://a,,b', 'http://a', 'kafka://user:secret@a:9092'])(
    '%s is refused, and not shown',
    (url) => {
      expect(() => brokersOf(url)).toThrow(ConfigurationError);
      expect(() => brokersOf(url)).not.toThrow(/secret/);
    },
  );
});

describe('bytes as text', () => {
  const samples = ['', 'a', 'naïve 漢字 😀 \u0000', 'base64:', 'base64:AAE=', 'base64:/w=='].map((text) =>
    Buffer.from(text),
  );
  const binary = [[0xff], [0, 0, 0, 0, 0, 0, 0, 7], [0xc3, 0x28], [0xed, 0xa0, 0x80]].map((bytes) =>
    Buffer.from(bytes),
  );

  it('is what it says when it is UTF-8', () => {
    expect(textOf(Buffer.from('naïve 😀'))).toBe('naïve 😀');
  });

  it('is base64 when it is none', () => {
    expect(textOf(Buffer.from([0xff]))).toBe('base64:/w==');
  });

  it('is another text for other bytes, and the text gives the bytes back', () => {
    const all = [...samples, ...binary];
    expect(new Set(all.map(textOf)).size).toBe(all.length);
    expect(all.map((bytes) => bytesOf(textOf(bytes)).toString('hex'))).toEqual(
      all.map((bytes) => bytes.toString('hex')),
    );
  });
});

describe('a record of Kafka', () => {
  const fetched = (headers: object) =>
    ({
      offset: '9007199254740991',
      timestamp: '1700000000000',
      key: null,
      value: null,
      headers,
      attributes: 0,
    }) as never;

  it('has the last of a header that is repeated, none that is null, and its numbers as numbers', () => {
    const headers = {
      a: [Buffer.from('1'), Buffer.from('2')],
      b: null,
      c: Buffer.from(''),
      d: Buffer.from([0xff]),
    };
    expect(recordOf({ topic: 't', partition: 3 }, fetched(headers))).toEqual({
      topic: 't',
      partition: 3,
      offset: Number.MAX_SAFE_INTEGER,
      timestamp: 1_700_000_000_000,
      key: null,
      value: null,
      headers: { a: '2', c: '', d: 'base64:/w==' },
    });
  });

  it('has at most a hundred headers', () => {
    const headers = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`h${i}`, Buffer.from('x')]));
    expect(Object.keys(recordOf({ topic: 't', partition: 0 }, fetched(headers)).headers)).toHaveLength(100);
  });

  it('is counted with its key and headers', () => {
    const value = Buffer.alloc(1_000);
    const plain = sizeOf(messageOf({ topic: 't', key: null, value, headers: {} }));
    const full = sizeOf(
      messageOf({ topic: 't', key: 'k'.repeat(100), value, headers: { name: 'x'.repeat(50) } }),
    );
    expect(plain).toBeGreaterThan(1_000);
    expect(full).toBeGreaterThan(plain + 100 + 4 + 50);
  });
});

describe('the partitioner', () => {
  const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({
    partitionId,
    leader: 1,
  })) as never;
  const choose = new FixedPartitioner().create();
  const partitionOf = (message: Message) => choose({ topic: 't', partitionMetadata, message });

  it('puts keys where the embedded log puts them, which is where Java puts them', () => {
    const keys = [
      '1',
      '21',
      'foobar',
      'naïve 漢字',
      '',
      ...Array.from({ length: 200 }, (_, i) => `order-${i}`),
    ];
    expect(keys.map((key) => partitionOf({ key: Buffer.from(key), value: null }))).toEqual(
      keys.map((key) => partitionOfKey(key, 6)),
    );
  });

  it('leaves a record without a key where it was put at the first attempt', () => {
    const messages = Array.from({ length: 50 }, (): Message => ({ key: null, value: null }));
    const first = messages.map(partitionOf);
    expect(new Set(first).size).toBe(6);
    expect(messages.map(partitionOf)).toEqual(first);
  });
});

describe('an error of kafkajs', () => {
  const fault = (fields: object) => Object.assign(new Error('said kafkajs'), fields);

  it('becomes one of the port, and a login that was refused says so', () => {
    const refused = brokerFailure(
      'kafka (a:9092)',
      fault({ cause: fault({ name: 'KafkaJSSASLAuthenticationError' }) }),
    );
    expect(refused).toBeInstanceOf(BrokerUnavailableError);
    expect((refused.cause as Error).message).toMatch(/refuses the login/);
    expect(brokerFailure('kafka', fault({}))).toBeInstanceOf(BrokerUnavailableError);
  });

  it('is known by its type however deep it lies', () => {
    expect(isExpelled(fault({ cause: fault({ cause: fault({ type: 'UNKNOWN_MEMBER_ID' }) }) }))).toBe(true);
    expect(isExpelled(fault({ type: 'REBALANCE_IN_PROGRESS' }))).toBe(false);
    const round = fault({});
    Object.assign(round, { cause: round });
    expect(isExpelled(round)).toBe(false);
  });
});
