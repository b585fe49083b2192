import { contract } from '@skanu/framework/testing';
import { afterAll, describe, it } from 'vitest';
import { pacts, states } from '@skanu/contracts/states';
import { CafeApi, browser } from './browser.js';

describe('what a browser may call', () => {
  const page = contract(browser, { pacts });
  afterAll(() => page.settle());

  it('an order is placed', () => page.calls(CafeApi, 'placeOrder'));

  const given = states.gateway['an order was placed']();
  const first = { id: 1 };
  it.each([
    ['order', [first]],
    ['orders', [{ page: 0, size: 20 }]],
    ['cancelOrder', [first, { status: 'OrderCancelled' }]],
    ['removeOrder', [first]],
    ['trace', [first]],
    ['payments', [{ orderId: 1 }]],
    ['deliveries', [{ status: 'DeliveryStarted' }]],
    ['handOver', [first, { status: 'DeliveryCompleted' }]],
    ['messages', [{ orderId: 1 }]],
  ] as const)('of an order that was placed: %s', (operation, args) =>
    page.calls(CafeApi, operation, { given, with: args as never }),
  );
});
