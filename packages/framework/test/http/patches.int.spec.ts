import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from './client.js';
import { type Shop, openShop } from './shop.js';

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop[Symbol.asyncDispose]());

async function placed(extra: object = {}): Promise<{ readonly path: string; readonly body: any }> {
  const { body } = await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 1, ...extra });
  return { path: `/orders/${body.id}`, body };
}

const MERGE = 'application/merge-patch+json';
const PATCH = 'application/json-patch+json';
const patch = (path: string, body: unknown, type = 'application/json') =>
  send(shop.app, 'PATCH', path, body, { 'content-type': type });

describe('PATCH with a merge patch', () => {
  it.each(['application/json', MERGE])('changes what it names and leaves the rest, as %s', async (type) => {
    const { path, body } = await placed({ express: true, due: '2026-01-01T00:00:00.000Z' });
    const answer = await patch(path, { status: 'OrderCancelled', qty: '7' }, type);
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(answer.body).toEqual({ ...body, status: 'OrderCancelled', qty: 7 });
    expect((await send(shop.app, 'GET', path)).body).toEqual(answer.body);
  });

  it('takes an optional field away by null, sets a nullable one to null, and gives one with a default its default', async () => {
    const { path } = await placed({ express: true, due: '2026-01-01', cost: 9 });
    const { body } = await patch(path, { express: null, due: null, cost: null }, MERGE);
    expect(body).toMatchObject({ due: null, cost: 0 });
    expect(body).not.toHaveProperty('express');
  });

  it('merges objects inside of a field', async () => {
    const { path } = await placed({ extras: { milk: { fat: 3, oat: true }, sugar: 1 } });
    const { body } = await patch(path, { extras: { milk: { fat: null }, ice: [1] } }, MERGE);
    expect(body.extras).toEqual({ milk: { oat: true }, sugar: 1, ice: [1] });
  });

  it('that changes nothing writes and publishes nothing, and the version stays', async () => {
    const { path, body } = await placed({ due: '2026-01-01', extras: { a: 1 }, serial: '5' });
    const before = await shop.written();
    for (const nothing of [
      {},
      { qty: '1' },
      { extras: { a: 1 } },
      { due: '2026-01-01' },
      { takenBy: 'me', id: 5, nonsense: 1 },
    ]) {
      expect(await patch(path, nothing)).toMatchObject({ status: 200, headers: { etag: '"1"' }, body });
    }
    expect(await patch(path, {}, PATCH)).toMatchObject({ status: 400 });
    expect(await patch(path, [], PATCH)).toMatchObject({ status: 200, headers: { etag: '"1"' }, body });
    expect(await shop.written()).toEqual(before);
  });

  it('refuses what does not fit with a 400 that names the field, and changes nothing', async () => {
    const { path, body } = await placed();
    for (const [wrong, pointer] of [
      [{ qty: 'abc' }, '/qty'],
      [{ product: null }, '/product'],
      [{ status: 'Nonsense', product: 'tea' }, '/status'],
      ['[]', ''],
      ['7', ''],
    ] as const) {
      const answer = await patch(path, wrong);
      expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT', errors: [{ pointer }] } });
    }
    expect((await send(shop.app, 'GET', path)).body).toEqual(body);
  });

  it('keeps __proto__ out of what it merges', async () => {
    const { path } = await placed({ extras: { a: {} } });
    await patch(path, '{"__proto__":{"qty":5},"extras":{"a":{"__proto__":{"polluted":true}}}}', MERGE);
    expect((await send(shop.app, 'GET', path)).body.qty).toBe(1);
    expect(({} as any).polluted).toBeUndefined();
  });
});

describe('PATCH with a JSON patch', () => {
  it('applies all operations to the item as it is shown', async () => {
    const { path } = await placed({ extras: { list: [1, 2], a: 'x' }, due: '2026-01-01', serial: '41' });
    const answer = await patch(
      path,
      [
        { op: 'test', path: '/status', value: 'OrderPlaced' },
        { op: 'test', path: '/due', value: '2026-01-01T00:00:00.000Z' },
        { op: 'test', path: '/extras', value: { a: 'x', list: [1, 2] } },
        { op: 'replace', path: '/qty', value: '4' },
        { op: 'add', path: '/extras/list/-', value: 3 },
        { op: 'move', from: '/extras/a', path: '/extras/b' },
        { op: 'copy', from: '/extras/list/0', path: '/extras/first' },
        { op: 'remove', path: '/due' },
        { op: 'replace', path: '/serial', value: '42' },
      ],
      PATCH,
    );
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { qty: 4, extras: { list: [1, 2, 3], b: 'x', first: 1 }, due: null, serial: '42' },
    });
    expect((await send(shop.app, 'GET', path)).body).toEqual(answer.body);
  });

  it('whose test does not hold gives 409, and nothing of it happens', async () => {
    const { path, body } = await placed();
    const answer = await patch(
      path,
      [
        { op: 'replace', path: '/qty', value: 9 },
        { op: 'test', path: '/status', value: 'OrderCancelled' },
      ],
      PATCH,
    );
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'PATCH_TEST_FAILED', detail: expect.stringContaining('/status') },
    });
    expect((await send(shop.app, 'GET', path)).body).toEqual(body);
  });

  it.each([
    ['no list', { op: 'remove', path: '/qty' }, ''],
    ['an unknown operation', [{ op: 'increase', path: '/qty', value: 1 }], '/0/op'],
    ['no value', [{ op: 'add', path: '/qty' }], '/0/value'],
    ['no pointer', [{ op: 'remove', path: 'qty' }], '/0/path'],
    [
      'a place that is not there',
      [
        { op: 'test', path: '/qty', value: 1 },
        { op: 'remove', path: '/nothing' },
      ],
      '/1',
    ],
    ['a move into itself', [{ op: 'move', from: '/extras', path: '/extras/a' }], '/0'],
    ['a field of the wrong type', [{ op: 'replace', path: '/qty', value: 'abc' }], '/qty'],
    ['a field taken away that must be there', [{ op: 'remove', path: '/product' }], '/product'],
    ['something else than an item', [{ op: 'replace', path: '', value: 7 }], ''],
  ])('that has %s gives 400, and nothing of it happens', async (_, operations, pointer) => {
    const { path, body } = await placed({ extras: { a: 1 } });
    const answer = await patch(path, operations, PATCH);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    expect(answer.body.errors.map((error: any) => error.pointer)).toContain(pointer);
    expect((await send(shop.app, 'GET', path)).body).toEqual(body);
  });

  it('cannot be made to grow without end', async () => {
    const { path } = await placed({ extras: { a: 'x'.repeat(1000) } });
    const doubling = Array.from({ length: 60 }, (_, index) => ({
      op: 'copy',
      from: '/extras',
      path: `/extras/c${index}`,
    }));
    expect(await patch(path, doubling, PATCH)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('copies too much') },
    });
    const nesting = Array.from({ length: 200 }, () => [
      { op: 'move', from: '/extras', path: '/x' },
      { op: 'add', path: '/extras', value: {} },
      { op: 'move', from: '/x', path: '/extras/in' },
    ]).flat();
    expect(await patch(path, nesting, PATCH)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('nests too deep') },
    });
    const many = Array.from({ length: 1001 }, () => ({ op: 'test', path: '/qty', value: 1 }));
    expect(await patch(path, many, PATCH)).toMatchObject({ status: 400 });
  });
});

it('PATCH with another media type gives 415 with Accept-Patch', async () => {
  const { path } = await placed();
  expect(await patch(path, '<qty>1</qty>', 'application/xml')).toMatchObject({
    status: 415,
    headers: {
      'accept-patch': 'application/json, application/merge-patch+json, application/json-patch+json',
    },
  });
});

it('PATCH gives 204 without a body to a client that sends no Accept', async () => {
  const { path } = await placed();
  expect(await send(shop.app, 'PATCH', path, { qty: 2 }, { accept: undefined })).toMatchObject({
    status: 204,
    text: '',
    headers: { etag: '"2"' },
  });
});
