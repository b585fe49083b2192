import { describe, expect, it } from 'vitest';
import { BrokerUnavailableError } from '../../src/kernel/errors/broker-errors.js';
import { StoreFailedError, StoreUnavailableError } from '../../src/kernel/errors/store-errors.js';
import type { Clock } from '../../src/kernel/clock.js';
import { Patience } from '../../src/service/patience.js';

const server = { sharedByHosts: true };

function waiting(limitMs: number) {
  let now = 0;
  const clock: Clock = { now: () => now, sleep: async (ms) => void (now += ms) };
  const lines: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warn: (_: object, message: string) => void lines.push(message),
    error() {},
  };
  return { patience: new Patience({ limitMs, clock, random: () => 0.99, logger }), lines, now: () => now };
}

describe('the patience of a start', () => {
  it('waits for a server that is not up yet, and says so', async () => {
    const { patience, lines } = waiting(60_000);
    let calls = 0;
    const given = await patience.with(server, 'the database', async () => {
      if (++calls < 5) throw new StoreUnavailableError('db');
      return 'open';
    });
    expect([given, calls]).toEqual(['open', 5]);
    expect(lines).toEqual(Array(4).fill('the database is not available yet, waiting for it'));
  });

  it('ends with what the server said last when the time is over, one time for all servers together', async () => {
    const { patience, now } = waiting(30_000);
    const away = async () => {
      throw new StoreUnavailableError('db');
    };
    await expect(patience.with(server, 'the database', away)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(now()).toBeGreaterThan(20_000);
    expect(now()).toBeLessThanOrEqual(30_000);
    let calls = 0;
    const late = async () => {
      calls++;
      throw new BrokerUnavailableError('kafka');
    };
    await expect(patience.with(server, 'the broker', late)).rejects.toBeInstanceOf(BrokerUnavailableError);
    expect(calls).toBeLessThanOrEqual(4);
  });

  it('has none with a file, and none with any other error', async () => {
    const { patience, now } = waiting(60_000);
    const away = async () => {
      throw new StoreUnavailableError('file');
    };
    await expect(patience.with({ sharedByHosts: false }, 'the database', away)).rejects.toThrow(
      /not available/,
    );
    const broken = async () => {
      throw new StoreFailedError('db', 'opening');
    };
    await expect(patience.with(server, 'the database', broken)).rejects.toThrow(/failed while opening/);
    expect(now()).toBe(0);
  });
});
