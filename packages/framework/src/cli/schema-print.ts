import { randomInt } from 'node:crypto';
import { systemClock } from '../kernel/clock.js';
import { silentLogger } from '../kernel/logger.js';
import { tablesOf } from '../service/collections.js';
import { storeOf } from '../service/engines.js';
import { serviceSettingsOf } from '../service/service-settings.js';
import { type Command, USAGE_ERROR } from './command.js';
import { definitionsOf } from './definitions.js';

/** Prints the SQL that a service needs, for teams whose service may not change tables itself (`SCHEMA=verify`). */
export const schemaPrint: Command = {
  usage: 'schema print MODULE [--database URL]',
  summary: 'prints the SQL that makes the tables of the services that a module exports',
  options: { database: 'in place of DATABASE_URL; only its scheme matters, nothing is connected to' },
  async run({ environment, out }, [path], { database }) {
    if (path === undefined) return USAGE_ERROR;
    for (const definition of await definitionsOf(path)) {
      const settings = serviceSettingsOf(definition, {
        ...environment,
        ...(database !== undefined && { DATABASE_URL: database }),
      });
      const store = await storeOf({
        service: definition.name,
        settings,
        clock: systemClock,
        random: () => randomInt(2 ** 32) / 2 ** 32,
        logger: silentLogger,
      });
      out.write(`-- ${definition.name}, for ${store.capabilities.engine}\n`);
      for (const statement of store.schemaSql(tablesOf(definition)))
        out.write(`${statement.replace(/;\s*$/, '')};\n`);
      await store.close();
    }
    return 0;
  },
};
