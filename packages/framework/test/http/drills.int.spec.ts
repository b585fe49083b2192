import { afterEach, describe, expect, it } from 'vitest';
import { Drills } from '../../src/http/drills/drills.js';
import { ConfigurationError } from '../../src/kernel/errors/start-errors.js';
import { type Clock, systemClock } from '../../src/kernel/clock.js';
import type { RequestTimeoutError } from '../../src/kernel/errors/request-errors.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { startTestService } from '../../src/testing/service-harness.js';
import type { TestService } from '../../src/testing/test-service.js';
import { until } from '../fixtures/until.js';
import { Payment, newRules, till } from './till.js';

afterEach(newRules);

const started = (settings: Readonly<Record<string, string>> = { DRILLS: 'true' }) =>
  startTestService(till, { settings });
const pay = (service: TestService) => service.request('POST', '/payments', { orderId: 7 });
/** How long something takes, in milliseconds. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

describe('drills', () => {
  it('are not there unless settings allow them', async () => {
    await using service = await started({});
    for (const [method, path] of [
      ['GET', 'echo'],
      ['PUT', 'down'],
      ['PUT', 'up'],
      ['PUT', 'slow'],
      ['DELETE', 'slow'],
    ] as const)
      expect(await service.request(method, `/actuator/${path}`)).toMatchObject({ status: 404 });
    expect(await pay(service)).toMatchObject({ status: 201 });
  });

  it('tell which replica answers, and nothing of the request', async () => {
    await using service = await started();
    const { status, body, text } = await service.request<any>('GET', '/actuator/echo', undefined, {
      authorization: 'Bearer hunter2',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      service: 'till',
      host: expect.any(String),
      addresses: expect.any(Array),
      pid: process.pid,
    });
    expect(text).not.toContain('hunter2');
  });

  it('put a service down: all that is not the actuator is 503, it is not ready, and it is alive', async () => {
    await using service = await started();
    const status = async (path: string) => (await service.request('GET', path)).status;
    expect(await service.request('PUT', '/actuator/down')).toMatchObject({ status: 204 });
    expect(await pay(service)).toMatchObject({ status: 503, body: { code: 'NOT_READY' } });
    expect(await status('/payments')).toBe(503);
    expect(await status('/')).toBe(503);
    expect(await service.request('GET', '/actuator/health/readiness')).toMatchObject({
      status: 503,
      body: { status: 'DOWN', components: { drill: { status: 'DOWN' } } },
    });
    expect(await status('/actuator/health')).toBe(503);
    expect(await status('/actuator/health/liveness')).toBe(200);
    expect(await status('/actuator/prometheus')).toBe(200);
    expect(await service.stored(Payment)).toEqual([]);

    expect(await service.request('PUT', '/actuator/up')).toMatchObject({ status: 204 });
    expect(await pay(service)).toMatchObject({ status: 201 });
    expect(await status('/actuator/health/readiness')).toBe(200);
  });

  it('make writes slow and leave reads as they are, until that is taken back', async () => {
    await using service = await started();
    // as HTTPie sends it
    expect(await service.request('PUT', '/actuator/slow', { ms: '400', jitterMs: '10' })).toMatchObject({
      status: 204,
    });
    expect(await service.request('GET', '/actuator/slow')).toMatchObject({ body: { ms: 400, jitterMs: 10 } });
    expect(await took(() => pay(service))).toBeGreaterThan(385);
    // longer than this test may take: what is answered was not slow
    await service.request('PUT', '/actuator/slow', { ms: 600_000 });
    expect(await service.request('GET', '/payments/1')).toMatchObject({ status: 200 });
    expect(await service.request('PUT', '/actuator/up')).toMatchObject({ status: 204 });
    expect(await service.request('DELETE', '/actuator/slow')).toMatchObject({ status: 204 });
    expect(await pay(service)).toMatchObject({ status: 201 });
  });

  it('make slow only what is under a path, if one is named', async () => {
    await using service = await started();
    await service.request('PUT', '/actuator/slow', { ms: 600_000, path: '/notes' });
    expect(await pay(service)).toMatchObject({ status: 201 });
    await service.request('PUT', '/actuator/slow', { ms: 400, path: '/payments' });
    expect(await took(() => pay(service))).toBeGreaterThan(395);
  });

  it('can make it slow from the start on', async () => {
    await using service = await started({ DRILLS: 'true', DRILL_SLOW_MS: '400', DRILL_SLOW_JITTER_MS: '10' });
    expect(await took(() => pay(service))).toBeGreaterThan(385);
  });

  it('end their wait with the time of the request, which then does nothing', async () => {
    const ends: unknown[] = [];
    const clock: Clock = {
      now: () => systemClock.now(),
      async sleep(ms, signal) {
        const slept = systemClock.sleep(ms, signal);
        if (ms === 55_555) slept.catch(({ code }: RequestTimeoutError) => ends.push(code));
        await slept;
      },
    };
    const settings = { DRILLS: 'true', REQUEST_TIMEOUT_MS: '300', DRILL_SLOW_MS: '55555' };
    await using service = await startTestService(till, { settings, clock });
    expect(await pay(service)).toMatchObject({ status: 503, body: { code: 'REQUEST_TIMEOUT' } });
    await until(
      () => ends,
      ([code]) => code === 'REQUEST_TIMEOUT',
    );
    expect(await service.stored(Payment)).toEqual([]);
  });

  it.each([{}, { ms: -1 }, { ms: 1e9 }, { ms: 'x' }, { ms: 1, path: 'payments' }])(
    'refuse to be slow like %j',
    async (body) => {
      await using service = await started();
      expect(await service.request('PUT', '/actuator/slow', body)).toMatchObject({ status: 400 });
      expect(await service.request('GET', '/actuator/slow')).toMatchObject({ body: { ms: 0, jitterMs: 0 } });
    },
  );

  it('that are set up but not allowed keep a service from starting', async () => {
    await expect(started({ DRILL_SLOW_MS: '400' })).rejects.toThrow(ConfigurationError);
  });
});

describe('the slowness of a drill', () => {
  it.each([
    [0, 190],
    [0.5, 400],
    [0.999_999, 610],
  ])('varies evenly around its middle: %d of the range is %d ms', async (random, ms) => {
    const clock = new ManualClock();
    const drills = new Drills({}, clock, () => random, { ms: 400, jitterMs: 210 });
    let isOver = false;
    const delay = drills.delay('/payments', undefined).then(() => (isOver = true));
    await clock.advance(ms - 1);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await delay;
  });

  it('is of a path and what is below, not of what begins alike', async () => {
    const clock = new ManualClock();
    const drills = new Drills({}, clock, () => 0.5, { ms: 1, jitterMs: 0, path: '/pay' });
    await drills.delay('/payments', undefined);
    const waits = [drills.delay('/pay', undefined), drills.delay('/pay/1', undefined)];
    expect(clock.sleepers).toBe(2);
    await clock.advance(1);
    await Promise.all(waits);
  });
});
