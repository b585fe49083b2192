import { describe, expect, it } from 'vitest';
import { InterceptorError } from '../../src/kernel/errors/remote-errors.js';
import { intercepted } from '../../src/runtime/remote/intercepted.js';

const request = {
  method: 'GET',
  url: 'http://payment:8080/a?b=c',
  headers: { accept: '*/*' },
  body: undefined,
};

describe('the interceptors of a client', () => {
  it('change a request in their order, each what the one before has made', async () => {
    const changed = await intercepted('payment.read', request, [
      (one) => ({ ...one, headers: { ...one.headers, 'x-tenant': 't' } }),
      (one) =>
        Promise.resolve({ ...one, headers: { ...one.headers, 'x-signed': Object.keys(one.headers).join() } }),
      (one) => ({ ...one, url: `${one.url}&d=e` }),
    ]);
    expect(changed).toEqual({
      ...request,
      url: 'http://payment:8080/a?b=c&d=e',
      headers: { accept: '*/*', 'x-tenant': 't', 'x-signed': 'accept,x-tenant' },
    });
  });

  it('are none where none are named', async () => {
    expect(await intercepted('payment.read', request)).toBe(request);
  });

  it('end the call with what they throw', async () => {
    const broken = new Error('no key');
    const sending = intercepted('payment.read', request, [() => Promise.reject(broken)]);
    await expect(sending).rejects.toBe(broken);
  });

  it.each([
    ['another host', 'http://evil:8080/a?key=s', 'http://evil:8080'],
    ['another port', 'http://payment:8081/a', 'http://payment:8081'],
    ['plain text instead of TLS', 'https://payment:8080/a', 'https://payment:8080'],
    ['a relative path', '/a', 'what is no URL'],
  ])('cannot lead it to %s', async (_, url, shown) => {
    const sending = intercepted('payment.read', request, [(one) => ({ ...one, url })]);
    await expect(sending).rejects.toThrow(InterceptorError);
    await expect(sending).rejects.toThrow(`payment.read was not called: an interceptor led it to ${shown}`);
  });
});
