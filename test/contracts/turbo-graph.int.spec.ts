import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scratch } from './scratch.ts';

/** What every task with a script would run with, by its id. */
async function hashes(scratch: Scratch): Promise<ReadonlyMap<string, string>> {
  const { code, output } = await scratch.run('turbo', ['run', 'contract', 'promises', '--dry=json']);
  if (code !== 0) throw new Error(output);
  const { tasks } = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as {
    tasks: readonly { taskId: string; hash: string; command: string }[];
  };
  return new Map(
    tasks.filter(({ command }) => command !== '<NONEXISTENT>').map((one) => [one.taskId, one.hash]),
  );
}

describe('the contracts in the graph of tasks', { timeout: 60_000 }, () => {
  let scratch: Scratch;
  let before: ReadonlyMap<string, string>;

  beforeAll(async () => {
    scratch = new Scratch();
    before = await hashes(scratch);
  });
  afterAll(() => scratch?.[Symbol.dispose]());

  const touched = async (file: string) => {
    using _planted = scratch.plant(file, /$/, '\n');
    const after = await hashes(scratch);
    return [...before.keys()].filter((task) => after.get(task) !== before.get(task)).toSorted();
  };

  it('has the contract tests of each package that has some', () => {
    const packages = readdirSync(join(scratch.path, 'packages')).map((folder) => {
      const text = readFileSync(join(scratch.path, 'packages', folder, 'package.json'), 'utf8');
      return JSON.parse(text) as {
        readonly name: string;
        readonly scripts: Readonly<Record<string, string>>;
      };
    });
    const tasks = packages.flatMap(({ name, scripts }) =>
      ['contract', 'promises'].filter((task) => scripts[task]).map((task) => `${name}#${task}`),
    );
    expect(tasks.length).toBeGreaterThan(8);
    expect([...before.keys()].toSorted()).toEqual(tasks.toSorted());
  });

  it.each([
    [
      'packages/cafe-payment/src/payment.ts',
      ['@skanu/cafe-gateway#promises', '@skanu/cafe-payment#contract', '@skanu/cafe-payment#promises'],
    ],
    [
      'packages/cafe-trace/src/order-trace.ts',
      ['@skanu/cafe-gateway#promises', '@skanu/cafe-trace#contract'],
    ],
    ['packages/cafe-payment/test/payment.int.spec.ts', []],
    [
      'contracts/pacts/delivery-payment.json',
      ['@skanu/cafe-delivery#contract', '@skanu/cafe-payment#promises'],
    ],
    [
      'contracts/events/samples/order/OrderCancelled.json',
      ['delivery', 'message', 'order', 'payment', 'trace'].map((name) => `@skanu/cafe-${name}#contract`),
    ],
    ['docs/README.md', []],
  ])('a change of %s runs what it must, and nothing else', async (file, tasks) => {
    expect(await touched(file)).toEqual(tasks);
  });

  it('a change of the framework runs all of them', async () => {
    expect(await touched('packages/framework/src/runtime/event-codec.ts')).toEqual(
      [...before.keys()].toSorted(),
    );
  });
});
