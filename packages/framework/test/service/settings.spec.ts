import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError } from '../../src/kernel/errors/start-errors.js';
import { hiddenSecrets, withoutPassword } from '../../src/service/secrets.js';
import {
  type Environment,
  gatewaySettings,
  readSettings,
  serviceSettings,
  settingOf,
  urlSettingOf,
} from '../../src/service/settings.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const DEFAULTS = { PORT: 8080, DATABASE_URL: 'sqlite:a', BROKER_URL: 'embedded:b', TOPIC: 'events' };
const read = (environment: Environment) => readSettings(serviceSettings, environment, DEFAULTS);

function failure(reading: () => unknown): ConfigurationError {
  try {
    reading();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('settings', () => {
  it('have defaults, computed and written', () => {
    expect(read({})).toMatchObject({
      ...DEFAULTS,
      HOST: 'localhost',
      LOG_LEVEL: 'info',
      TOPIC_PARTITIONS: 6,
      HANDLER_CONCURRENCY: 16,
    });
    expect(readSettings(gatewaySettings, {}, { PORT: 1 })).toMatchObject({ CORS_ORIGINS: '*' });
  });

  it('come from the environment as text, and count as not set when they are empty', () => {
    expect(read({ PORT: '0', HOST: '0.0.0.0', HANDLER_CONCURRENCY: '3', LOG_LEVEL: '' })).toMatchObject({
      PORT: 0,
      HOST: '0.0.0.0',
      HANDLER_CONCURRENCY: 3,
      LOG_LEVEL: 'info',
    });
  });

  it('keep an INBOX that remembers longer than the topic by default', () => {
    const { INBOX_RETENTION_MS, TOPIC_RETENTION_MS } = read({});
    expect(INBOX_RETENTION_MS).toBeGreaterThan(TOPIC_RETENTION_MS);
  });

  it.each([
    ['PORT', 'abc', 'expected number'],
    ['PORT', '65536', '<=65535'],
    ['PORT', '-1', '>=0'],
    ['PORT', '80.5', 'expected int'],
    ['PORT', '80 ', 'expected number'],
    ['LOG_LEVEL', 'loud', '"debug"|"info"'],
    ['LOG_FORMAT', 'xml', '"auto"|"json"|"pretty"'],
    ['BODY_LIMIT_BYTES', '0', '>0'],
    ['BODY_LIMIT_BYTES', '1e400', 'expected number'],
    ['HEADER_LIMIT_BYTES', '10', '>=1024'],
    ['REQUEST_TIMEOUT_MS', '3000000000', '<=2147483647'],
    ['SHUTDOWN_DELAY_MS', '-5', '>=0'],
    ['TOPIC', 'no spaces please', 'must match pattern'],
    ['TOPIC_PARTITIONS', '0', '>=1'],
    ['HANDLER_CONCURRENCY', '1001', '<=1000'],
    ['HANDLER_TIMEOUT_MS', '9007199254740993', 'expected number'],
  ])('that are wrong are named with their value and what is allowed: %s=%s', (name, value, allowed) => {
    const error = failure(() => read({ [name]: value }));
    expect(error.message).toContain(`${name} is ${JSON.stringify(value)}: `);
    expect(error.message).toContain(allowed);
    expect(error.help).toMatch(new RegExp(`^Correct it; ${name} says: .+`));
  });

  it('that are missing are named', () => {
    expect(failure(() => readSettings(serviceSettings, {}, {})).message).toMatch(/^PORT is not set: /);
  });

  it('may stand in a file, whose last line break does not count', () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'url');
    writeFileSync(file, 'postgres://u:p@h/db\n');
    expect(read({ DATABASE_URL_FILE: file })).toMatchObject({ DATABASE_URL: 'postgres://u:p@h/db' });
    expect(read({ DATABASE_URL: 'sqlite:x', DATABASE_URL_FILE: file })).toMatchObject({
      DATABASE_URL: 'sqlite:x',
    });
  });

  it('in a file that cannot be read are an error that names both', () => {
    const error = failure(() => settingOf({ DB_PASSWORD_FILE: '/no/such/file' }, 'DB_PASSWORD'));
    expect(error.message).toContain('DB_PASSWORD_FILE names /no/such/file, which cannot be read: ENOENT');
    expect(error.help).toBe('Point it at a readable file, or set DB_PASSWORD.');
  });

  it('that are secret are not shown', () => {
    const schema = z.object({ DB_PASSWORD: z.string().min(20), DATABASE_URL: z.string().max(5) });
    const secret = failure(() => readSettings(schema, { DB_PASSWORD: 'hunter2' }, {}));
    expect(secret.message).toMatch(/^DB_PASSWORD is "\*\*\*": /);
    const url = failure(() =>
      readSettings(schema.omit({ DB_PASSWORD: true }), { DATABASE_URL: 'pg://u:hunter2@h' }, {}),
    );
    expect(url.message).toMatch(/^DATABASE_URL is "pg:\/\/u:\*\*\*@h": /);
  });

  it('name the URL of a service by its name', () => {
    expect(['payment', 'order-trace', 'a.b c'].map(urlSettingOf)).toEqual([
      'PAYMENT_URL',
      'ORDER_TRACE_URL',
      'A_B_C_URL',
    ]);
  });
});

describe('what is secret', () => {
  it.each([
    ['postgres://user:pass@host:5432/db', 'postgres://user:***@host:5432/db'],
    ['postgres://user:pa/ss@w@rd@host/db', 'postgres://user:***@host/db'],
    ['postgres://:pass@host/db', 'postgres://:***@host/db'],
    ['postgres://host/db?user=u&password=pass&ssl=true', 'postgres://host/db?user=u&password=***&ssl=true'],
    ['http://payment:8080/path', 'http://payment:8080/path'],
    ['http://user@host', 'http://user@host'],
    ['sqlite:.data/order.db', 'sqlite:.data/order.db'],
  ])('is hidden in %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });

  it.each(['DB_PASSWORD', 'JWT_SECRET', 'API_TOKEN', 'SIGNING_KEY'])('is all of %s', (name) => {
    expect(hiddenSecrets(name, 'hunter2')).toBe('***');
  });

  it('is not what only sounds alike', () => {
    expect(hiddenSecrets('KEYBOARD', 'qwerty')).toBe('qwerty');
  });
});
