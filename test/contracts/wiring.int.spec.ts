import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../../scripts/cafe-services.ts';

const root = resolve(import.meta.dirname, '../..');
const SOURCE = ['--conditions=@skanu/source', '--import', '@oxc-node/core/register'];

interface Checked {
  readonly faults: number;
  readonly notes: number;
  readonly services: readonly {
    readonly service: string;
    readonly findings: readonly {
      readonly rule: string;
      readonly about: string;
      readonly places: object[];
    }[];
    readonly guarantees: readonly { readonly line: string }[];
  }[];
}

/** As a person runs it, on the sources. Rejects when it ends with anything but 0. */
async function check(...words: string[]): Promise<string> {
  const modules = globSync('packages/cafe-*/src/service.ts', { cwd: root });
  const command = [...SOURCE, 'packages/framework/src/cli/main.ts', 'check', ...modules, ...words];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, timeout: 25_000 });
  return stdout;
}

let cafe: Checked;
beforeAll(async () => {
  cafe = JSON.parse(await check('--json')) as Checked;
});

describe('the cafe is wired', () => {
  it('all of it is checked, and there is no fault', () => {
    expect(cafe.services).toHaveLength(Object.keys(SERVICES).length);
    expect(cafe.faults).toBe(0);
  });

  it('the one note: the rules of a payment are its own, and an order may be refused by them', () => {
    const notes = cafe.services.flatMap(({ service, findings }) =>
      findings.map(({ rule, about, places }) => ({ service, rule, about, places })),
    );
    const places = [
      { file: 'packages/cafe-order/src/payment-client.ts', line: expect.any(Number) as number },
    ];
    expect(notes).toEqual([{ service: 'order', rule: 'call-range', about: 'PaymentClient.approve', places }]);
  });

  it('says of each handler what it can count on', () => {
    const lines = cafe.services.flatMap(({ guarantees }) => guarantees.map(({ line }) => line));
    expect(lines).toHaveLength(16);
    expect(lines).toContain(
      'PaymentPolicies.cancelPayment: OrderCancelled (skanucafe): at least once delivery, one effect, in order of id, 5 attempts with up to 1.5 s of waits, then its key is parked',
    );
  });
});

it('skanu check is a command that ends by itself, with words for people', async () => {
  expect(await check()).toMatch(/6 checked: 0 faults, 1 note\n$/);
});
