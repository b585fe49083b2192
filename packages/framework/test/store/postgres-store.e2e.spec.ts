import { afterAll, beforeAll, describe, it } from 'vitest';
import { postgresDialect } from '../../src/store/postgres/postgres-dialect.js';
import { storeConformance } from '../../src/testing/store-conformance.js';
import { noContainers, type ServerContainer } from '../containers/containers.ts';
import { startPostgres } from '../containers/postgres.ts';
import { PostgresDatabaseOfTest } from './postgres-database.ts';

const why = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(
  `PostgresStore keeps the guarantees of the Store port${why}`,
  () => {
    let server: ServerContainer;
    beforeAll(async () => {
      // the server is thrown away: it need not survive the machine, and the disk is shared
      server = await startPostgres(['-c', 'fsync=off']);
    }, 120_000);
    afterAll(() => server[Symbol.asyncDispose]());

    const cases = storeConformance({
      capabilities: postgresDialect.capabilities,
      patienceMs: 10_000,
      database: () => PostgresDatabaseOfTest.make(server.port),
    });
    for (const guarantee of cases) {
      const title = guarantee.skip ? `${guarantee.title} (${guarantee.skip})` : guarantee.title;
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the cases assert by themselves
      it(title, { skip: guarantee.skip !== undefined, timeout: 30_000 }, () => guarantee.run());
    }
  },
);
