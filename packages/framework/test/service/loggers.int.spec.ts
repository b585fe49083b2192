import { describe, expect, it } from 'vitest';
import { inject } from '../../src/model/ambient.js';
import { defineService } from '../../src/model/service-definition.js';
import type { SymbolToken } from '../../src/model/token.js';
import type { Logger } from '../../src/kernel/logger.js';
import { continuedTrace } from '../../src/runtime/trace-context.js';
import { Loggers } from '../../src/service/loggers.js';
import { type Lab, openLab } from '../fixtures/lab.js';
import { duty, letter, office, resetOffice } from '../fixtures/office.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

resetOffice();

async function openLoggers(settings: Partial<Parameters<typeof Loggers.open>[1]> = {}) {
  const lines: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const loggers = await Loggers.open('shop', { LOG_LEVEL: 'info', LOG_FORMAT: 'json', ...settings }, sink);
  return { loggers, lines };
}

describe('a line of the log', () => {
  it('is JSON with service, part, level and time', async () => {
    const { loggers, lines } = await openLoggers();
    loggers.get('relay').warn({ some: 1 }, 'careful');
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: 'shop',
        logger: 'relay',
        some: 1,
        msg: 'careful',
      },
    ]);
  });

  it('has error class, message, code and cause of what went wrong', async () => {
    const { loggers, lines } = await openLoggers();
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'X' });
    loggers.get('service').error({ err: error }, 'failed');
    expect(lines[0]!['err']).toMatchObject({
      type: 'TypeError',
      code: 'X',
      message: expect.stringContaining('outer'),
    });
    expect(JSON.stringify(lines[0]!['err'])).toContain('inner');
  });

  it('shows no secrets, however deep they stand', async () => {
    const { loggers, lines } = await openLoggers();
    const secrets = { password: 'x1', secret: 'x2', token: 'x3', authorization: 'x4', cookie: 'x5' };
    loggers
      .get('http')
      .info({ ...secrets, a: secrets, b: { c: secrets }, d: { e: { f: secrets } }, user: 'ann' }, 'hello');
    expect(JSON.stringify(lines)).not.toMatch(/x\d/);
    expect(lines[0]).toMatchObject({ user: 'ann', password: '***', d: { e: { f: { token: '***' } } } });
  });

  it('shows no secret headers, as Node and HTTP spell them', async () => {
    const { loggers, lines } = await openLoggers();
    const headers = { Authorization: 'x1', 'set-cookie': 'x2', Cookie: 'x3', accept: '*/*' };
    loggers.get('http').info({ headers, req: { headers } }, 'hello');
    expect(JSON.stringify(lines)).not.toMatch(/x\d/);
  });
});

describe('what is logged', () => {
  it('may contain itself, and keeps what knows how it is written', async () => {
    const { loggers, lines } = await openLoggers();
    const ring: Record<string, unknown> = { name: 'ring', at: new Date(0), list: [{ clientSecret: 'x1' }] };
    ring['self'] = ring;
    loggers.get('http').info({ ring }, 'hello');
    expect(lines[0]!['ring']).toEqual({
      name: 'ring',
      at: '1970-01-01T00:00:00.000Z',
      list: [{ clientSecret: '***' }],
      self: '[Circular]',
    });
  });

  it('shows no secrets of an error', async () => {
    const { loggers, lines } = await openLoggers();
    const error = Object.assign(new Error('refused'), { config: { headers: { Authorization: 'x1' } } });
    loggers.get('http').warn({ err: error }, 'hello');
    expect(lines[0]!['err']).toMatchObject({
      message: 'refused',
      config: { headers: { Authorization: '***' } },
    });
  });
});

describe('the levels of the log', () => {
  it('are those of the settings, and change while it runs, for all or for one part', async () => {
    const { loggers, lines } = await openLoggers({ LOG_LEVEL: 'warn' });
    const say = () => {
      lines.length = 0;
      for (const part of ['relay', 'http'] as const)
        for (const level of ['debug', 'info', 'warn', 'error'] as const) loggers.get(part)[level]({}, level);
      return lines.map((line) => [line['logger'], line['level']].join(' ')).join(', ');
    };
    expect(say()).toBe('relay warn, relay error, http warn, http error');
    loggers.set('relay', 'DEBUG');
    expect(say()).toBe('relay debug, relay info, relay warn, relay error, http warn, http error');
    loggers.set('ROOT', 'ERROR');
    expect(say()).toBe('relay debug, relay info, relay warn, relay error, http error');
    loggers.set('relay', undefined);
    expect(say()).toBe('relay error, http error');
    loggers.set('ROOT', 'OFF');
    expect(say()).toBe('');
  });

  it('are told, those of one part apart from what it follows', async () => {
    const { loggers } = await openLoggers();
    loggers.set('consumer', 'DEBUG');
    expect(loggers.all()).toMatchObject({
      ROOT: { configuredLevel: 'INFO', effectiveLevel: 'INFO' },
      consumer: { configuredLevel: 'DEBUG', effectiveLevel: 'DEBUG' },
      relay: { effectiveLevel: 'INFO' },
    });
    expect(loggers.all()['relay']).not.toHaveProperty('configuredLevel');
  });

  it('of two services in one process are each its own', async () => {
    const [one, other] = [await openLoggers(), await openLoggers()];
    one.loggers.set('ROOT', 'OFF');
    for (const { loggers } of [one, other]) loggers.get('http').info({}, 'hello');
    expect([one.lines.length, other.lines.length]).toEqual([0, 1]);
  });
});

describe('a line of a team, logged in a unit of work', () => {
  const LOGGER: SymbolToken<Logger> = Symbol('LOGGER');
  const TRACE = 'a'.repeat(32);
  let lab: Lab;
  const service = defineService({
    ...office,
    providers: [{ provide: LOGGER, useFactory: () => lab.loggers.get('service') }],
  });

  it('says which trace, correlation and event it belongs to', async () => {
    using folder = temporaryFolder();
    await using opened = await openLab(folder.path, service);
    lab = opened;
    duty.clerk = async () => {
      await Promise.resolve();
      inject(LOGGER).info({ drawer: 3 }, 'filing');
    };
    const headers = { traceparent: `00-${TRACE}-${'b'.repeat(16)}-01`, ce_correlationid: 'c-1' };
    const sent = letter('a', 1);
    await lab.send({ ...sent, headers: { ...sent.headers, ...headers } });
    await lab.drained();
    const origin = { trace: continuedTrace(headers.traceparent), correlationId: 'c-2' };
    await lab.run(() => inject(LOGGER).info({}, 'asked'), origin);
    lab.loggers.get('service').info({}, 'outside');
    const of = (msg: string) => lab.logged.find((line) => line.msg === msg);
    expect(of('filing')).toMatchObject({
      service: 'office',
      traceId: TRACE,
      correlationId: 'c-1',
      eventId: '/post/a1',
      drawer: 3,
    });
    expect(of('asked')).toMatchObject({ traceId: TRACE, correlationId: 'c-2' });
    expect(of('asked')).not.toHaveProperty('eventId');
    expect(of('outside')).not.toHaveProperty('traceId');
  });

  it('about a failed handler says the same, and nothing of the payload', async () => {
    using folder = temporaryFolder();
    await using opened = await openLab(folder.path, office, { random: () => 0 });
    duty.clerk = () => {
      throw new Error('no drawer');
    };
    const sent = letter('secret-sender', 1);
    await opened.send({ ...sent, key: 'k', headers: { ...sent.headers, ce_correlationid: 'c-1' } });
    await opened.drained();
    const parked = opened.logged.find(({ msg }) => msg === 'a record cannot be handled, its key is parked');
    expect(parked).toMatchObject({
      level: 'error',
      handler: 'Clerk',
      eventType: 'Letter',
      eventId: '/post/secret-sender1',
      correlationId: 'c-1',
      key: 'k',
      attempts: 5,
      err: { message: 'no drawer' },
    });
    expect(JSON.stringify(parked)).not.toContain('"from"');
  });
});
