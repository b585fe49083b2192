import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAFE, auditCafe } from './cafe-audit.ts';
import { CrashLab } from './crash-lab.ts';

/** What could have gone wrong, as a statement that makes it so, and what the audit says then. */
const WRONGS: readonly [what: string, service: string, sql: string, finding: RegExp][] = [
  [
    'a promised order is lost',
    'order',
    'DELETE FROM orders WHERE id = 1',
    /^placed orders that are lost: 1$/,
  ],
  [
    'a promised cancellation is lost',
    'order',
    `UPDATE orders SET status = 'OrderPlaced' WHERE id = 2`,
    /^cancellations that are lost: 2$/,
  ],
  ['a payment is missing', 'payment', 'DELETE FROM payments WHERE "orderId" = 1', /^payments: missing: 1$/],
  [
    'a payment is there twice',
    'payment',
    'INSERT INTO payments SELECT id + 1000, version, "orderId", product, qty, cost, status FROM payments WHERE "orderId" = 1',
    /^payments: too many: 1$/,
  ],
  [
    'a delivery is missing',
    'delivery',
    'DELETE FROM deliveries WHERE "orderId" = 1',
    /^deliveries: missing: 1 1 coffee/,
  ],
  [
    'a trace is not right',
    'ordertrace',
    'UPDATE "orderTraces" SET cost = cost + 1 WHERE id = 1',
    /^traces: missing: 1 1 1/,
  ],
  [
    'a message is missing',
    'message',
    'DELETE FROM messages WHERE "orderId" = 1',
    /^messages: missing: 1 PaymentApproved/,
  ],
  [
    'events of a key took effect in another order',
    'ordertrace',
    `UPDATE skanu_inbox SET done_at = done_at + 100000 WHERE done_at = (SELECT min(done_at) FROM skanu_inbox)`,
    /^ordertrace: .* did out of order/,
  ],
  [
    'an event is missing',
    'events',
    `DELETE FROM records WHERE CAST(value AS TEXT) LIKE '%"DeliveryStarted"%"orderId":1,%'`,
    /^DeliveryStarted in the log: missing: 1$/,
  ],
];

describe('the audit of the cafe', () => {
  const customers = { placed: new Set([1, 2]), cancelled: new Set([2]) };
  let lab: CrashLab;

  beforeAll(async () => {
    lab = await CrashLab.open(...CAFE);
    const cafe = await lab.start(CAFE);
    const url = `${lab.url('order')}/orders`;
    const headers = { 'content-type': 'application/json' };
    for (const _ of customers.placed)
      expect(
        (await fetch(url, { method: 'POST', headers, body: '{"product":"coffee","qty":1,"cost":1}' })).status,
      ).toBe(201);
    expect(
      (await fetch(`${url}/2`, { method: 'PATCH', headers, body: '{"status":"OrderCancelled"}' })).ok,
    ).toBe(true);
    await auditCafe(lab.engines, customers);
    await cafe.kill();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('finds nothing where all is well', async () => {
    expect(await auditCafe(lab.engines, customers)).toEqual({
      findings: [],
      orders: 2,
      cancelled: 1,
      undone: 0,
      repeated: 0,
    });
  });

  it.each(WRONGS)('finds what is wrong: %s', async (_, service, sql, finding) => {
    const path = join(lab.folder, `${service}.db`);
    const whole = `${path}.whole`;
    copyDatabase(path, whole);
    change(path, sql);
    try {
      const { findings } = await auditCafe(lab.engines, customers);
      expect(findings).toContainEqual(expect.stringMatching(finding));
    } finally {
      copyDatabase(whole, path);
    }
  });
});

function change(path: string, sql: string): void {
  using file = new DatabaseSync(path);
  expect(file.prepare(sql).run().changes).toBeGreaterThan(0);
}

function copyDatabase(from: string, to: string): void {
  for (const part of ['', '-wal', '-shm']) rmSync(to + part, { force: true });
  using file = new DatabaseSync(from);
  file.exec(`VACUUM INTO '${to}'`);
}
