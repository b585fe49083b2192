import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL, Cafe } from '../cafe/cafe.ts';
import { until } from '../cafe/until.ts';
import { Launcher, npmStart } from './launcher.ts';

const isDown = async (url: string) => {
  try {
    await fetch(url);
    return false;
  } catch {
    return true;
  }
};

const pidOf = async (url: string): Promise<number> => {
  const info = (await (await fetch(`${url}/actuator/info`)).json()) as { process: { pid: number } };
  return info.process.pid;
};

describe('npm start', { timeout: 60_000 }, () => {
  it('brings all up, says where they are and what to try, and Ctrl-C stops them all cleanly', async () => {
    await using cafe = await Cafe.prepare();
    await using launcher = npmStart([], cafe.environment());
    await launcher.says('all are ready');
    await launcher.says('http patch');
    for (const name of ALL) expect(launcher.output).toContain(cafe.url(name));
    expect(launcher.said.filter((line) => /^\[cafe\] {3}http (post|patch|http)/.test(line))).toHaveLength(3);
    expect((await fetch(`${cafe.url('gateway')}/orders`)).status).toBe(200);
    expect(await launcher.stop('SIGINT')).toBe(0);
    for (const name of ALL) expect(await isDown(cafe.url(name))).toBe(true);
  });

  it('a service that dies leaves the others running, is told of, and comes back from a second terminal', async () => {
    await using cafe = await Cafe.prepare();
    await using launcher = npmStart(['order', 'payment'], cafe.environment());
    await launcher.says('all are ready');
    process.kill(await pidOf(cafe.url('payment')), 'SIGKILL');
    await launcher.says('payment has ended (SIGKILL); the others go on. Bring it back: npm start -- payment');
    expect((await fetch(`${cafe.url('order')}/orders`)).status).toBe(200);
    await using second = npmStart(['payment'], cafe.environment());
    await second.says('[cafe] ready');
    const headers = { 'content-type': 'application/json' };
    const order = await fetch(`${cafe.url('order')}/orders`, {
      method: 'POST',
      headers,
      body: '{"product":"tea","qty":1,"cost":1}',
    });
    expect(order.status).toBe(201);
    expect(await second.stop()).toBe(0);
    expect(await launcher.stop()).toBe(0);
  });

  it('a name that is none starts nothing', async () => {
    await using launcher = npmStart(['order', 'paymint'], {});
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output).toBe(
      'cafe: there is no service paymint; use order, payment, delivery, trace, message, gateway\n',
    );
  });

  it('a taken port: one clear line, exit code 1, the rest not left running', async () => {
    await using cafe = await Cafe.prepare();
    const squatter = await listenOn(Number(new URL(cafe.url('payment')).port));
    try {
      await using launcher = npmStart(['order', 'payment'], cafe.environment());
      expect(await launcher.ended()).toBe(1);
      const lines = launcher.output.split('\n').filter((line) => line.includes('PORT_UNAVAILABLE'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(
        `cannot listen on localhost:${new URL(cafe.url('payment')).port}: it is in use`,
      );
      expect(await isDown(cafe.url('order'))).toBe(true);
    } finally {
      squatter.close();
    }
  });

  it('a folder that cannot be written: one clear line and exit code 1', async () => {
    await using cafe = await Cafe.prepare();
    const file = join(cafe.folder, 'a-file');
    writeFileSync(file, '');
    await using launcher = npmStart(['payment'], { ...cafe.environment(), DATA_DIR: join(file, 'data') });
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output.split('\n').filter((line) => /STORE_UNAVAILABLE/.test(line))).toHaveLength(1);
    expect(launcher.output).toContain(join(file, 'data'));
  });

  it('a folder that cannot even be made: the same, and no endless trying', async () => {
    await using cafe = await Cafe.prepare();
    await using launcher = npmStart(['payment'], { ...cafe.environment(), DATA_DIR: '/proc/nope/data' });
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output.split('\n').filter((line) => /STORE_UNAVAILABLE/.test(line))).toHaveLength(1);
  });

  it('a bad variable: one clear line with its name, its value and what is allowed, and exit code 1', async () => {
    await using cafe = await Cafe.prepare();
    await using launcher = npmStart(['payment', 'order'], {
      ...cafe.environment(),
      BODY_LIMIT_BYTES: 'lots',
    });
    expect(await launcher.ended()).toBe(1);
    expect(launcher.output).toContain('BODY_LIMIT_BYTES is "lots": ');
    expect(await isDown(cafe.url('order'))).toBe(true);
  });

  it('a service that is started alone from its own package hears the others', async () => {
    await using cafe = await Cafe.open('order', 'trace');
    await using payment = new Launcher(
      ['pnpm', '--filter', '@skanu/cafe-payment', 'start'],
      cafe.environment('payment'),
    );
    await until(
      () => isDown(`${cafe.url('payment')}/actuator/health`),
      (down) => !down,
      20_000,
    );
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const order = await fetch(`${cafe.url('order')}/orders`, {
      method: 'POST',
      headers,
      body: '{"product":"tea","qty":1,"cost":1}',
    });
    const { id } = (await order.json()) as { id: number };
    await until(
      async () =>
        (await (await fetch(`${cafe.url('trace')}/orderTraces/${id}`)).json()) as { status: unknown },
      ({ status }) => status === 'PaymentApproved',
    );
    // pnpm does not hand signals on to the process that it started
    process.kill(await pidOf(cafe.url('payment')), 'SIGTERM');
    await payment.ended();
  });
});

describe('npm run dev', { timeout: 60_000 }, () => {
  it('starts a service anew when its source is edited', async () => {
    await using cafe = await Cafe.prepare();
    await using launcher = new Launcher(
      ['node', 'scripts/cafe.ts', '--watch', 'message'],
      cafe.environment(),
    );
    await launcher.says('[cafe] ready');
    const before = await pidOf(cafe.url('message'));
    // as editors save: a new file takes the place of the old one; more than once, because a watch can go with the old one
    const source = resolve(import.meta.dirname, '../../packages/cafe-message/src/message.ts');
    let pid = before;
    for (const _ of [1, 2]) {
      writeFileSync(`${source}.tmp`, readFileSync(source));
      renameSync(`${source}.tmp`, source);
      const last = pid;
      pid = await until(
        () => pidOf(cafe.url('message')).catch(() => last),
        (now) => now !== last,
        20_000,
      );
    }
    expect(await launcher.stop()).toBe(0);
  });
});

function listenOn(port: number): Promise<Server> {
  return new Promise((listening) => {
    const server: Server = createServer().listen(port, 'localhost', () => listening(server));
  });
}
