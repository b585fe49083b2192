import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  Aggregate,
  AggregateRoot,
  DomainEvent,
  PolicyHandler,
  Whenever,
  defineService,
} from '../../src/index.js';
import {
  type ProviderWorld,
  type TemporaryFolder,
  type TestService,
  contract,
  providerPromises,
  providerStates,
  servicePromises,
  startStandIn,
  startTestService,
  temporaryFolder,
} from '../../src/testing/index.js';
import { SaleBooked, expectAll, ledger, publishing, shop, states } from './contract-fixture.js';

const STATE = 'something was sold';
const selling = {
  [STATE]: (world: TestService, sale: object): Promise<unknown> => world.request('POST', '/sales', sale),
};

describe('contracts of a provider', () => {
  let folder: TemporaryFolder;
  let pacts: string;

  beforeEach(async () => {
    folder = temporaryFolder();
    pacts = folder.path;
    await (await expectAll(pacts, true)).settle();
  });
  afterEach(() => folder[Symbol.dispose]());

  const promises = (definition = shop, handlers = selling) =>
    servicePromises(definition, { pacts, states: states.shop, handlers });
  const keep = (title: string, definition = shop, handlers = selling) =>
    promises(definition, handlers)
      .find((one) => one.title.startsWith(`ledger: ${title}`))!
      .verify();
  /** Keeps the promise of the event in a world that is no test service. */
  const keepIn = (start: () => Promise<ProviderWorld>, title = 'SaleMade') =>
    providerPromises('shop', { pacts, states: states.shop, start, handlers: { [STATE]: async () => {} } })
      .find((one) => one.title.startsWith(`ledger: ${title}`))!
      .verify();

  it('hold for the real service: its answers, and the bytes that it publishes', async () => {
    const all = promises();
    expect(all.map(({ title }) => title)).toEqual([
      'ledger: SaleMade, given something was sold',
      'ledger: DELETE /sales/requests/{key}',
      'ledger: GET /sales/search/findByArticle, given something was sold',
      'ledger: GET /sales/{id}, given something was sold',
      'ledger: POST /sales',
    ]);
    for (const promise of all) await promise.verify();
  });

  it('name the consumer, the event and the field that is gone', async () => {
    class Shorter extends DomainEvent('SaleMade', z.object({ id: z.number().int(), amount: z.number() }), {
      key: (e) => e.id,
    }) {}
    const other = publishing(Shorter);
    await expect(keep('SaleMade', other)).rejects.toThrow(
      /shop breaks what it promised to ledger: SaleMade\n- ledger reads the body of SaleMade: .*soldAt\nGive ledger what it reads, or publish a new version/,
    );
  });

  it('name what is published in place of the event', async () => {
    class Renamed extends DomainEvent('SaleDone', z.object({ id: z.number().int() }), {
      key: (e) => e.id,
    }) {}
    await expect(keep('SaleMade', publishing(Renamed))).rejects.toThrow(
      'shop published SaleDone, and no SaleMade',
    );
  });

  it('name the status that is another', async () => {
    const withoutSales = defineService({ name: 'shop', port: 8091 });
    await expect(keep('POST /sales', withoutSales)).rejects.toThrow(
      'ledger needs the status of POST /sales: expected 201 but was 404, because there is nothing at /sales',
    );
  });

  it('refuse a state that nobody has declared', async () => {
    await expect(keep('SaleMade', shop, {} as typeof selling)).rejects.toThrow(
      'ledger asks shop for the state "something was sold", which nobody has declared',
    );
  });

  it('say in the words of the provider why a request is refused, so that the field is named', async () => {
    @Aggregate({ collection: 'sales' })
    class Sale extends AggregateRoot(
      z.object({ article: z.string(), amount: z.number(), currency: z.string() }),
    ) {}
    const stricter = defineService({ name: 'shop', port: 8091, aggregates: [Sale] });
    await expect(keep('POST /sales', stricter)).rejects.toThrow(
      /ledger needs the status of POST \/sales: expected 201 but was 400, because .*\/currency: is missing/,
    );
  });

  it('say so too of a provider that is not ours, which names fields beside its sentence', async () => {
    const start = async () => {
      const standIn = await startStandIn();
      const errors = [{ pointer: '/currency', detail: 'must be given' }];
      const headers = { 'content-type': 'application/problem+json' };
      standIn.answers({ status: 422, headers, body: { detail: 'This is no sale', errors } });
      return standIn;
    };
    await expect(keepIn(start, 'POST /sales')).rejects.toThrow(
      'but was 422, because This is no sale; /currency: must be given',
    );
  });

  describe('and its states', () => {
    it('are reached with what the schema makes of the pact: instants, and choices that are younger', async () => {
      const soldAt = new Date('2026-03-04T05:06:07Z');
      const { [STATE]: sold } = providerStates('shop', { [STATE]: z.object({ soldAt: z.date() }) });
      await writeOne(sold({ soldAt }));
      const chosen: unknown[] = [];
      const younger = providerStates('shop', {
        [STATE]: z.object({ soldAt: z.date(), article: z.string().default('tea') }),
      });
      const [promise] = servicePromises(shop, {
        pacts,
        states: younger,
        handlers: {
          [STATE](service, sale) {
            chosen.push(sale);
            return service.request('POST', '/sales', { article: sale.article, amount: 1 });
          },
        },
      });
      await promise!.verify();
      expect(chosen).toEqual([{ soldAt, article: 'tea' }]);
    });

    it('refuse what they cannot choose from', async () => {
      const stricter = providerStates('shop', {
        [STATE]: z.object({ amount: z.string(), shelf: z.number() }),
      });
      const [promise] = servicePromises(shop, {
        pacts,
        states: stricter,
        handlers: { [STATE]: async () => {} },
      });
      await expect(promise!.verify()).rejects.toThrow(
        /ledger asks shop for the state "something was sold" with choices that it does not have: \/amount: .*string.*; \/shelf: is missing/,
      );
    });

    it('that are refused are blamed on the request, not on the event that is missing', async () => {
      const refused = {
        [STATE]: (world: TestService) => world.request('POST', '/sales', { article: '', amount: 1 }),
      };
      await expect(keep('SaleMade', shop, refused)).rejects.toThrow(
        /^the state "something was sold" of shop was not reached: POST \/sales answered 400 \{.*\/article/,
      );
    });

    it('that cannot be handled are blamed on the handler', async () => {
      class Ordered extends DomainEvent('Ordered', z.object({ id: z.number() }), { key: (e) => e.id }) {}
      @PolicyHandler({ attempts: 1 })
      class Selling {
        @Whenever(Ordered)
        sell() {
          throw new Error('the shelf is empty');
        }
      }
      const emptyShop = defineService({ name: 'shop', port: 8091, policies: [Selling] });
      const ordered = { [STATE]: (world: TestService) => world.given(new Ordered({ id: 7 })) };
      await expect(keep('SaleMade', emptyShop, ordered)).rejects.toThrow(
        'the state "something was sold" of shop was not reached: Selling could not handle what came with key 7: the shelf is empty',
      );
    });
  });

  describe('and what its events are called', () => {
    it('is what the header says, by which readers choose, and fails when the value says something else', async () => {
      await expect(keepIn(() => shopWith({ ce_type: 'SaleDone' }))).rejects.toThrow(
        'shop published SaleDone in the header ce_type, and SaleMade in the value of the same record',
      );
    });

    it('is what the value says where there is no such header, as with the Java services', async () => {
      await keepIn(() => shopWith({ ce_type: undefined }));
    });
  });

  /** A pact with one event in that state, and nothing else. */
  async function writeOne(given: ReturnType<(typeof states.shop)[typeof STATE]>): Promise<void> {
    const reader = defineService({
      name: 'ledger',
      port: 8092,
      aggregates: ledger.aggregates,
      policies: ledger.policies,
    });
    const expected = contract(reader, { pacts, write: true });
    await expected.reads(SaleBooked, { given });
    await expected.settle();
  }
});

/** A shop in which something was sold, whose records have other headers. */
async function shopWith(changed: Readonly<Record<string, string | undefined>>): Promise<ProviderWorld> {
  const service = await startTestService(shop);
  await service.request('POST', '/sales', { article: 'tea', amount: 2 });
  return {
    url: service.url,
    wire: async () =>
      (await service.wire()).map((one) => ({
        ...one,
        // without those that are undefined
        headers: JSON.parse(JSON.stringify({ ...one.headers, ...changed })) as Record<string, string>,
      })),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}
