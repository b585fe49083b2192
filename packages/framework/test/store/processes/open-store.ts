import { systemClock } from '../../../src/kernel/clock.js';
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { cups } from '../../../src/testing/store/store-samples.js';

/** The store of the file that the first argument of the process names. */
export async function openStore(): Promise<SqliteStore> {
  const store = new SqliteStore({ path: process.argv[2]!, clock: systemClock, random: Math.random });
  await store.open();
  await store.ensureTables([cups]);
  return store;
}
