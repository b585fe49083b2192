import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/logger.js';
import { defineService } from '../../src/model/service-definition.js';
import { brokerOf, storeOf } from '../../src/service/engines.js';
import { serviceSettingsOf } from '../../src/service/service-settings.js';

const definition = defineService({ name: 'shop', port: 0 });
const optionsOf = (environment: Record<string, string>) => ({
  service: 'shop',
  settings: serviceSettingsOf(definition, environment),
  clock: systemClock,
  random: Math.random,
  logger: silentLogger,
});

describe('the engine that a URL names', () => {
  it.each([
    ['sqlite:a.db', 'sqlite'],
    ['postgres://localhost/shop', 'postgres'],
    ['postgresql://localhost/shop', 'postgres'],
    ['mariadb://localhost/shop', 'mariadb'],
    ['mysql://localhost/shop', 'mysql'],
  ])('%s is %s, and nothing is connected to before it is opened', async (url, engine) => {
    const store = await storeOf(optionsOf({ DATABASE_URL: url }));
    expect(store.capabilities.engine).toBe(engine);
    await store.close();
  });

  it.each([
    ['embedded:events.db', 'embedded'],
    ['kafka://localhost:9092,other:9092', 'kafka'],
  ])('%s is %s', async (url, engine) => {
    const broker = await brokerOf(optionsOf({ BROKER_URL: url }));
    expect(broker.capabilities.engine).toBe(engine);
    await broker.close();
  });

  it.each(['oracle://me:secret@host/db', 'postgres', 'sqlite:', '/a/path'])(
    '%s is refused in words that hide its password',
    async (url) => {
      const refusal = await storeOf(optionsOf({ DATABASE_URL: url })).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'CONFIGURATION', help: expect.stringContaining('postgres://') });
      expect(String(refusal)).not.toContain('secret');
      await expect(brokerOf(optionsOf({ BROKER_URL: url }))).rejects.toMatchObject({ code: 'CONFIGURATION' });
    },
  );

  it('a login of the broker without user or password is refused with the name of what is missing', async () => {
    const environment = { BROKER_URL: 'kafka://localhost:9092', BROKER_SASL: 'plain' };
    await expect(brokerOf(optionsOf(environment))).rejects.toThrow(/BROKER_USER is not set/);
    const half = { ...environment, BROKER_USER: 'me' };
    await expect(brokerOf(optionsOf(half))).rejects.toThrow(/BROKER_PASSWORD is not set/);
  });
});
