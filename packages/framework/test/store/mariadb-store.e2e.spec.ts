import { afterAll, beforeAll, describe, it } from 'vitest';
import { MariadbStore } from '../../src/store/mariadb/mariadb-store.js';
import { storeConformance } from '../../src/testing/store-conformance.js';
import { noContainers, type ServerContainer } from '../containers/containers.js';
import { startMariadb } from '../containers/mariadb.js';
import { MariadbDatabaseOfTest, storeOptions } from './mariadb-database.js';

const skipped = noContainers === undefined ? '' : ` (${noContainers})`;

describe.skipIf(noContainers !== undefined)(
  `MariadbStore keeps the guarantees of the Store port${skipped}`,
  () => {
    let server: ServerContainer;

    beforeAll(async () => {
      // the server is thrown away: it need not survive the machine, and the disk is shared
      server = await startMariadb(['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0']);
    }, 120_000);

    afterAll(async () => {
      await server?.[Symbol.asyncDispose]();
    });

    const { capabilities } = new MariadbStore(storeOptions('mariadb://localhost/never-opened'));
    const cases = storeConformance({
      capabilities,
      patienceMs: 20_000,
      database: () => MariadbDatabaseOfTest.on(server.port),
    });
    for (const guarantee of cases) {
      const title = guarantee.skip ? `${guarantee.title} (${guarantee.skip})` : guarantee.title;
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the cases assert by themselves
      it(title, { skip: guarantee.skip !== undefined }, () => guarantee.run());
    }
  },
);
