import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type TargetsOptions, makeTargets } from '../../src/runtime/remote/service-targets.js';
import type { Target, Targets } from '../../src/runtime/remote/targets.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

function targetsOf(urls: string, options: Partial<TargetsOptions> = {}) {
  const clock = new ManualClock();
  const warnings: unknown[] = [];
  const nothing = () => {};
  const logger = {
    debug: nothing,
    info: nothing,
    error: nothing,
    warn: (fields: object) => void warnings.push(fields),
  };
  const targets = makeTargets({ urls: urls.split(' '), clock, random: () => 0, logger, ...options });
  return { clock, targets, warnings };
}

const picked = (targets: Targets, times: number) =>
  Array.from({ length: times }, () => targets.pick().url.replace('http://', ''));

/** A name server of the test: what it says, and for whom it was asked. */
function nameServer(...addresses: string[]) {
  const asked: string[] = [];
  const server = { addresses, error: undefined as Error | undefined, asked };
  const resolve = (host: string) => {
    asked.push(host);
    return server.error ? Promise.reject(server.error) : Promise.resolve(server.addresses);
  };
  return Object.assign(server, { resolve });
}

describe('the addresses of a list', () => {
  it('take turns', () => {
    const { targets } = targetsOf('http://a:1 http://b:2 http://c:3');
    const round = picked(targets, 3);
    expect(round.toSorted()).toEqual(['a:1', 'b:2', 'c:3']);
    expect(picked(targets, 6)).toEqual([...round, ...round]);
  });

  it('begin with any of them, so that processes that start together do not all begin with the same', () => {
    const first = [0, 0.001, 0.002].map((value) =>
      targetsOf('http://a http://b http://c', { random: () => value }),
    );
    expect(first.map(({ targets }) => targets.pick().url).toSorted()).toEqual([
      'http://a',
      'http://b',
      'http://c',
    ]);
  });

  it('count once each, without the slash at the end and without user and password', () => {
    const { targets } = targetsOf('http://a:1/api/ http://me:secret@a:1/api https://b:443');
    expect(targets.states().map(({ url }) => url)).toEqual(['http://a:1/api', 'https://b']);
  });

  it('are not looked up', () => {
    const names = nameServer('10.0.0.1');
    const { targets } = targetsOf('http://a http://b', names);
    picked(targets, 4);
    expect(names.asked).toEqual([]);
  });

  it('get the attempts of a call each in turn before one gets another', () => {
    const { targets } = targetsOf('http://a http://b http://c');
    const tried = new Set<Target>();
    for (let i = 0; i < 3; i++) tried.add(targets.pick(tried));
    expect(tried.size).toBe(3);
    expect(tried).toContain(targets.pick(tried));
  });

  it('get no second attempt of a call while there is another, whoever else takes turns between', () => {
    const { targets } = targetsOf('http://a http://b');
    const first = targets.pick();
    targets.pick();
    expect(targets.pick(new Set([first]))).not.toBe(first);
  });

  it('get no call while they are ejected, not even the second attempt of one', () => {
    const { targets, warnings } = targetsOf('http://a http://b http://c', { outliers: { failures: 1 } });
    const bad = targets.pick();
    targets.report(bad, 'failed');
    expect(picked(targets, 30)).not.toContain(bad.url.replace('http://', ''));
    const others = new Set([targets.pick(), targets.pick()]);
    expect(others.size).toBe(2);
    expect(targets.pick(others)).not.toBe(bad);
    expect(warnings).toEqual([{ target: bad.url, forMs: 30_000, failures: 1 }]);
  });
});

describe('the addresses of a name', () => {
  it('are asked in turn with the name as their host, once they are known; until then the name is', async () => {
    const { targets } = targetsOf('http://payment:8080/api', nameServer('10.0.0.1', 'fd00::2'));
    expect(targets.pick()).toEqual({ url: 'http://payment:8080/api' });
    await turn();
    expect([targets.pick(), targets.pick()]).toEqual(
      expect.arrayContaining([
        { url: 'http://10.0.0.1:8080/api', host: 'payment:8080' },
        { url: 'http://[fd00::2]:8080/api', host: 'payment:8080' },
      ]),
    );
  });

  it('are looked up at most once a second, and only while they are used', async () => {
    const names = nameServer('10.0.0.1');
    const { clock, targets } = targetsOf('http://payment', names);
    for (let i = 0; i < 30; i++) {
      targets.pick();
      await clock.advance(100);
    }
    expect(names.asked).toEqual(['payment', 'payment', 'payment']);
    await clock.advance(60_000);
    expect(names.asked).toHaveLength(3);
  });

  it('are replaced within a second; what is known of those that stay, stays', async () => {
    const names = nameServer('10.0.0.1', '10.0.0.2');
    const { clock, targets } = targetsOf('http://payment', { ...names, outliers: { failures: 1 } });
    targets.pick();
    await turn();
    const bad = targets.pick();
    targets.report(bad, 'failed');
    names.addresses = [new URL(bad.url).hostname, '10.0.0.3'];
    await clock.advance(1_000);
    targets.pick();
    await turn();
    expect(new Set(picked(targets, 9))).toEqual(new Set(['10.0.0.3']));
    expect(targets.states().filter(({ isEjected }) => isEjected)).toMatchObject([{ url: bad.url }]);
  });

  it('are asked although all are ejected, where the others are gone', async () => {
    const names = nameServer('10.0.0.1', '10.0.0.2');
    const { clock, targets } = targetsOf('http://payment', { ...names, outliers: { failures: 1 } });
    targets.pick();
    await turn();
    const bad = targets.pick();
    targets.report(bad, 'failed');
    names.addresses = [new URL(bad.url).hostname];
    await clock.advance(1_000);
    targets.pick();
    await turn();
    expect(targets.pick()).toBe(bad);
  });

  it('stay while the name cannot be looked up, which is said once', async () => {
    const names = nameServer('10.0.0.1');
    const { clock, targets, warnings } = targetsOf('http://me:secret@payment', names);
    targets.pick();
    await turn();
    names.error = new Error('no answer');
    for (const ms of [1_000, 1_000, 10_000, 60_000]) {
      await clock.advance(ms);
      expect(picked(targets, 1)).toEqual(['10.0.0.1']);
      await turn();
    }
    expect(names.asked).toHaveLength(5);
    expect(warnings).toEqual([{ host: 'payment', why: 'no answer' }]);
    names.error = undefined;
    names.addresses = [];
    await clock.advance(1_000);
    targets.pick();
    await turn();
    expect(picked(targets, 1)).toEqual(['10.0.0.1']);
  });

  it('of a single replica are not relied on after a pause: the next call goes to the name', async () => {
    const { clock, targets } = targetsOf('http://payment', nameServer('10.0.0.1'));
    targets.pick();
    await turn();
    await clock.advance(5_000);
    expect(picked(targets, 1)).toEqual(['10.0.0.1']);
    await turn();
    await clock.advance(5_001);
    expect(picked(targets, 1)).toEqual(['payment']);
    await turn();
    expect(picked(targets, 1)).toEqual(['10.0.0.1']);
  });

  it('are relied on again after a pause when the name cannot be looked up', async () => {
    const names = nameServer('10.0.0.1');
    const { clock, targets } = targetsOf('http://payment', names);
    targets.pick();
    await turn();
    names.error = new Error('no answer');
    await clock.advance(60_000);
    expect(picked(targets, 1)).toEqual(['payment']);
    await turn();
    expect(picked(targets, 1)).toEqual(['10.0.0.1']);
  });

  it('that is gone cannot be ejected by what comes in late', async () => {
    const { targets, warnings } = targetsOf('http://payment', nameServer('10.0.0.1', '10.0.0.2'));
    const name = targets.pick();
    await turn();
    for (let i = 0; i < 9; i++) targets.report(name, 'unreachable');
    expect(warnings).toEqual([]);
  });

  it.each(['http://10.0.0.1:8080', 'http://[::1]:8080', 'http://localhost:8080', 'http://payment.localhost'])(
    '%s are not looked up',
    async (url) => {
      const names = nameServer('10.0.0.9');
      const { targets } = targetsOf(url, names);
      targets.pick();
      await turn();
      expect(targets.pick()).toEqual({ url });
      expect(names.asked).toEqual([]);
    },
  );

  it('are not looked up once it is closed', async () => {
    const names = nameServer('10.0.0.1');
    const { clock, targets } = targetsOf('http://payment', names);
    await targets.close();
    await clock.advance(5_000);
    targets.pick();
    expect(names.asked).toEqual([]);
  });
});
