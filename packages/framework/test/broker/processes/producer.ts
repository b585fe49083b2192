import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedBroker } from '../../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { Latch } from '../../../src/kernel/latch.js';
import { given, on, tell } from './parent.js';

/** Publishes calls of one record for each key, one call after the other, and tells of each that was acknowledged. */
const { path, topic, name } = given;
const keys: string[] = given.keys;
const stop = new Latch();
on('stop', () => stop.open());

const broker = new EmbeddedBroker({ path, clock: systemClock, random: Math.random });
await broker.open();
for (let call = 0; !stop.isOpen; call++) {
  const value = Buffer.from(JSON.stringify({ producer: name, call }));
  await broker.publish(keys.map((key) => ({ topic, key, value, headers: {} })));
  tell({ kind: 'published', call });
  await pause(2);
}
await broker.close();
tell({ kind: 'stopped' });
process.disconnect!();
