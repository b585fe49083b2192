import { expect, test } from 'vitest';
import { murmur2 } from '../../src/broker/embedded/murmur2.js';
import { partitionOfKey } from '../../src/broker/embedded/partition-of-key.js';

test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])("murmur2 of %s is what Kafka's own tests expect", (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test('a key goes to the partition that its positive hash names', () => {
  expect(partitionOfKey('abc', 6)).toBe(479470107 % 6);
  expect(partitionOfKey('foobar', 6)).toBe((-790332482 & 0x7fffffff) % 6);
});
