import { EmbeddedBroker } from '../../../src/broker/embedded/embedded-broker.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { given, on, tell } from './parent.js';

/** Publishes until the file takes no more, then again when the parent says that there is room. */
const broker = new EmbeddedBroker({ path: given.path, clock: systemClock, random: Math.random });
await broker.open();

let call = 0;
async function publish(): Promise<void> {
  const headers = { call: String(call++) };
  const value = new Uint8Array(50_000);
  const records = [1, 2, 3].map(() => ({ topic: given.topic, key: 'k', value, headers }));
  await broker.publish(records);
}
on('room', () => {
  void publish().then(() => tell({ kind: 'works', calls: call }));
});
try {
  while (call < 1_000) await publish();
} catch (error: any) {
  tell({ kind: 'refused', code: error.code, calls: call });
}
