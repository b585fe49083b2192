import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { send } from './client.js';
import { type Shop, during, openShop } from './shop.js';

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop[Symbol.asyncDispose]());
afterEach(() => {
  during.update = () => {};
});

async function placed(): Promise<string> {
  const { body } = await send(shop.app, 'POST', '/orders', { product: 'coffee', qty: 1 });
  return `/orders/${body.id}`;
}

describe('If-None-Match', () => {
  it('gives 304 without a body for a version that the client has', async () => {
    const path = await placed();
    for (const method of ['GET', 'HEAD']) {
      for (const tags of ['"1"', 'W/"1"', '"7", "1"', '*']) {
        const answer = await send(shop.app, method, path, undefined, { 'if-none-match': tags });
        expect(answer).toMatchObject({ status: 304, text: '', headers: { etag: '"1"' } });
      }
      expect(await send(shop.app, method, path, undefined, { 'if-none-match': '"2"' })).toMatchObject({
        status: 200,
      });
    }
  });

  it('on a change refuses the version that it names with 412', async () => {
    const path = await placed();
    expect(
      await send(shop.app, 'PUT', path, { product: 'tea', qty: 1 }, { 'if-none-match': '*' }),
    ).toMatchObject({ status: 412 });
    expect((await send(shop.app, 'GET', path)).body.product).toBe('coffee');
  });
});

describe('If-Match', () => {
  it.each([
    ['PUT', '', { product: 'tea', qty: 2 }],
    ['PATCH', '', { qty: 2 }],
    ['DELETE', '', undefined],
    ['PUT', '/cancel', undefined],
  ])(
    'on %s %s refuses another version with 412 and the current ETag, and takes the right one',
    async (method, command, body) => {
      const path = await placed();
      await send(shop.app, 'PATCH', path, { cost: 5 });
      const before = await send(shop.app, 'GET', path);
      for (const wrong of ['"1"', 'W/"2"', '"nonsense"', '2']) {
        expect(await send(shop.app, method, path + command, body, { 'if-match': wrong })).toMatchObject({
          status: 412,
          body: { code: 'PRECONDITION_FAILED', detail: expect.stringContaining('"2"') },
        });
      }
      expect((await send(shop.app, 'GET', path)).body).toEqual(before.body);
      const taken = await send(shop.app, method, path + command, body, { 'if-match': '"1", "2"' });
      expect(taken.status).toBeLessThan(300);
    },
  );

  it('of * takes any version; for one that does not exist it is 404', async () => {
    const path = await placed();
    expect(await send(shop.app, 'PATCH', path, { qty: 2 }, { 'if-match': '*' })).toMatchObject({
      status: 200,
    });
    expect(await send(shop.app, 'PATCH', '/orders/99999', { qty: 2 }, { 'if-match': '*' })).toMatchObject({
      status: 404,
    });
  });
});

describe('two changes of the same version at once', () => {
  /** Makes a change that another one overtakes between reading and commit. */
  async function overtaken(headers: Record<string, string>) {
    const path = await placed();
    during.update = async () => {
      during.update = () => {};
      await send(shop.app, 'PATCH', path, { product: 'the other' });
    };
    return { path, answer: await send(shop.app, 'PATCH', path, { product: 'mine' }, headers) };
  }

  it('let one win; the other gets 409', async () => {
    const { path, answer } = await overtaken({});
    expect(answer).toMatchObject({ status: 409, body: { code: 'VERSION_CONFLICT' } });
    expect((await send(shop.app, 'GET', path)).body.product).toBe('the other');
  });

  it('give the other 412 if it had sent If-Match', async () => {
    const { path, answer } = await overtaken({ 'if-match': '"1"' });
    expect(answer).toMatchObject({
      status: 412,
      body: { code: 'PRECONDITION_FAILED', detail: expect.stringContaining('"2"') },
    });
    expect((await send(shop.app, 'GET', path)).body.product).toBe('the other');
  });
});
