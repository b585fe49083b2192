import { afterEach, describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/kernel/errors/model-errors.js';
import type { ClientStates } from '../../src/runtime/remote/client-states.js';
import { send } from './client.js';
import { type Shop, openShop } from './shop.js';

const operation = {
  operation: 'payment.approve',
  circuit: 'open',
  calls: 20,
  failures: 12,
  refused: 3,
  openings: 1,
  running: 2,
  waiting: 1,
  lastErrors: [{ at: 0, code: 'REMOTE_TIMEOUT', message: 'no answer' }],
} as const;
const free = { ...operation, operation: 'payment.read', circuit: 'none', lastErrors: [] } as const;
const targets = [
  { url: 'http://a', isEjected: true, ejectedUntil: 1_000, failuresInARow: 5 },
  { url: 'http://b', isEjected: false, ejectedUntil: null, failuresInARow: 0 },
];

const open: Shop[] = [];
async function shopWithClients() {
  const forced: string[] = [];
  const clients: ClientStates = {
    all: () => [{ client: 'payment', operations: [operation, free], targets }],
    force(name, state) {
      if (name !== operation.operation) throw new NotFoundError('the circuit of', name);
      forced.push(state);
    },
  };
  const shop = await openShop({ actuator: { clients } });
  open.push(shop);
  return { shop, forced };
}
afterEach(async () => {
  for (const shop of open.splice(0)) await shop[Symbol.asyncDispose]();
});

describe('circuit breakers over HTTP', () => {
  it('are shown with their clients, addresses and last errors', async () => {
    const { shop } = await shopWithClients();
    const { lastErrors: _, circuit: __, ...counts } = operation;
    expect((await send(shop.app, 'GET', '/actuator')).body._links).toHaveProperty('circuitbreakers');
    expect((await send(shop.app, 'GET', '/actuator/circuitbreakers')).body).toEqual({
      clients: [
        {
          client: 'payment',
          operations: [
            {
              ...counts,
              state: 'open',
              lastErrors: [{ at: '1970-01-01T00:00:00.000Z', code: 'REMOTE_TIMEOUT', message: 'no answer' }],
              _links: { self: { href: 'http://shop:8080/actuator/circuitbreakers/payment.approve' } },
            },
            { ...counts, operation: 'payment.read', state: 'none', lastErrors: [] },
          ],
          targets: [{ ...targets[0], ejectedUntil: '1970-01-01T00:00:01.000Z' }, targets[1]],
        },
      ],
      _links: { self: { href: 'http://shop:8080/actuator/circuitbreakers' } },
    });
  });

  it('are held open or closed, and let go', async () => {
    const { shop, forced } = await shopWithClients();
    const path = '/actuator/circuitbreakers/payment.approve';
    for (const state of ['open', 'closed', 'auto'])
      expect((await send(shop.app, 'POST', path, { state })).status).toBe(204);
    expect(forced).toEqual(['open', 'closed', 'auto']);
  });

  it('are left as they are by what is no state, and by a name that none has', async () => {
    const { shop, forced } = await shopWithClients();
    const path = '/actuator/circuitbreakers';
    expect(await send(shop.app, 'POST', `${path}/payment.approve`, { state: 'ajar' })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_INPUT' },
    });
    expect(await send(shop.app, 'POST', `${path}/payment.read`, { state: 'open' })).toMatchObject({
      status: 404,
    });
    expect(forced).toEqual([]);
  });

  it('are not there where nobody is called', async () => {
    const shop = await openShop();
    open.push(shop);
    expect((await send(shop.app, 'GET', '/actuator/circuitbreakers')).status).toBe(404);
  });
});
