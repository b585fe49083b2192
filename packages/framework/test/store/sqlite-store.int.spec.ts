import { describe, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { storeConformance } from '../../src/testing/store-conformance.js';
import { SqliteDatabaseOfTest } from './sqlite-database.js';

describe('SqliteStore keeps the guarantees of the Store port', () => {
  const { capabilities } = new SqliteStore({ path: 'never-opened', clock: systemClock, random: Math.random });
  const cases = storeConformance({
    capabilities,
    patienceMs: 10_000,
    database: async () => new SqliteDatabaseOfTest(),
  });
  for (const guarantee of cases) {
    const title = guarantee.skip ? `${guarantee.title} (${guarantee.skip})` : guarantee.title;
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the cases assert by themselves
    it(title, { skip: guarantee.skip !== undefined }, () => guarantee.run());
  }
});
