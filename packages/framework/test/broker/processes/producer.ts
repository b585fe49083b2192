import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedBroker } from '../../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { parent } from './parent.js';

/** Publishes calls of one record for each key, one call after the other, and tells of each that was acknowledged. */
const { given, tell, on } = parent<{ path: string; topic: string; name: string; keys: string[] }>();
let publishing = true;
on('stop', () => (publishing = false));

const broker = new EmbeddedBroker({ path: given.path, clock: systemClock, random: Math.random });
await broker.open();
for (let call = 0; publishing; call++) {
  const value = Buffer.from(JSON.stringify({ producer: given.name, call }));
  await broker.publish(given.keys.map((key) => ({ topic: given.topic, key, value, headers: {} })));
  tell({ kind: 'published', call });
  await pause(2);
}
await broker.close();
tell({ kind: 'stopped' });
process.disconnect!();
