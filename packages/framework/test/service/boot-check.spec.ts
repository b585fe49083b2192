import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BootCheckError } from '../../src/kernel/errors/start-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { Command } from '../../src/model/command.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { FeignClient } from '../../src/model/feign-client.js';
import { get, post } from '../../src/model/http-operation.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';
import { type ServiceOptions, defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { bootFaults, checkService } from '../../src/service/boot-check.js';

const idOnly = z.object({ id: z.int() });
class Placed extends DomainEvent('Placed', idOnly, { key: (e) => e.id }) {}

@Aggregate({ collection: 'orders', finders: { findByProduct: ['product'] } })
class Order extends AggregateRoot(z.object({ product: z.string(), tags: z.array(z.string()).default([]) })) {
  @Command('PUT', 'cancel') cancel() {}
}
@PolicyHandler()
class Policies {
  @Whenever(Placed) on(_given: Placed) {}
}
@View({ collection: 'traces' })
class Trace extends ReadModel(z.object({ product: z.string().nullable().default(null) })) {}
@ViewHandler(Trace)
class Traces {
  @When(Placed, { id: (e) => e.id }) on(_given: Placed, _row: Trace) {}
}
@FeignClient({ name: 'payment' })
class PaymentClient {
  readonly approve = post('/payments');
}

const whole: ServiceOptions = {
  name: 'shop',
  port: 0,
  aggregates: [Order],
  events: [Placed],
  policies: [Policies],
  views: [Traces],
  clients: [PaymentClient],
};
const ENVIRONMENT = { PAYMENT_URL: 'http://payment:8080' };

/** The faults of a definition, each as `what (fix)`. */
const faultsOf = (
  parts: Partial<ServiceOptions>,
  environment: Record<string, string> = ENVIRONMENT,
): string[] =>
  bootFaults(defineService({ name: 'shop', port: 0, ...parts }), environment).map(
    ({ what, fix }) => `${what} (${fix})`,
  );

// what the compiler would not let through, as it comes from JavaScript or from `as`
const untyped = (thing: unknown) => thing as never;

describe('the boot check', () => {
  it('finds nothing in a service that fits together', () => {
    expect(bootFaults(defineService(whole), ENVIRONMENT)).toEqual([]);
    expect(() => checkService(defineService(whole), ENVIRONMENT)).not.toThrow();
    expect(faultsOf({ ...whole, aggregates: [Order, Order], events: [Placed, Placed] })).toEqual([]);
  });

  it('throws all faults at once, each with its fix', () => {
    class Lost {
      readonly name = 'lost';
    }
    const checking = () => checkService(defineService({ ...whole, policies: [Policies, Lost] }));
    expect(checking).toThrow(BootCheckError);
    expect(checking).toThrow(
      'service shop cannot start, 2 faults: Lost is listed in policies without @PolicyHandler() (put @PolicyHandler() on the class, or move it to another list); the client PaymentClient has no URL for payment (set PAYMENT_URL)',
    );
  });
});

describe('of handlers it finds', () => {
  it('two with the same id, also of different kinds', () => {
    @PolicyHandler({ id: 'Traces' })
    class Other extends Policies {}
    expect(faultsOf({ policies: [Other], views: [Traces] })).toEqual([
      'the handler id Traces is used by Other and Traces (set another id in the decorator of one of them)',
    ]);
  });

  it('one that only inherits its id', () => {
    class Inherits extends Policies {}
    expect(faultsOf({ policies: [Policies, Inherits] })).toEqual([
      'the handler id Policies is used by Policies and Inherits (set another id in the decorator of one of them)',
    ]);
  });

  it('one that reacts to nothing', () => {
    @PolicyHandler()
    class Idle {
      readonly name = 'idle';
    }
    expect(faultsOf({ policies: [Idle] })).toEqual([
      'Idle reacts to nothing (put @Whenever(Event) on a method)',
    ]);
  });

  it('one that reacts to what is no event', () => {
    class NoEvent {
      readonly name = 'noevent';
    }
    @PolicyHandler()
    class Confused {
      @Whenever(untyped(NoEvent)) on() {}
      @Whenever(untyped(undefined)) onNothing() {}
    }
    expect(faultsOf({ policies: [Confused] })).toEqual([
      "Confused.on reacts to NoEvent, which is no event (let it extend DomainEvent('Name', schema, { key }))",
      "Confused.onNothing reacts to undefined, which is no event (let it extend DomainEvent('Name', schema, { key }))",
    ]);
  });

  it('one in the wrong list, or with the wrong decorator', () => {
    @PolicyHandler()
    class Mixed {
      @When(Placed, { id: (e) => e.id }) on(_given: Placed) {}
    }
    expect(faultsOf({ policies: [Traces, Mixed], views: [Policies] })).toEqual([
      'Traces is listed in policies without @PolicyHandler() (put @PolicyHandler() on the class, or move it to another list)',
      'Mixed.on of a policy uses @When (use @Whenever(Event))',
      'Policies is listed in views without @ViewHandler(Model) (put @ViewHandler(Model) on the class, or move it to another list)',
    ]);
  });
});

describe('of events it finds', () => {
  it('two classes with the same name, one of them only read', () => {
    class Again extends DomainEvent('Placed', idOnly, { key: (e) => e.id }) {}
    expect(faultsOf({ policies: [Policies], events: [Again] })).toEqual([
      'the event Placed is declared by Again and Placed (declare it once and use that class everywhere in the service)',
    ]);
  });

  it('one that is none', () => {
    expect(faultsOf({ events: [untyped(Order)] })).toEqual([
      "Order is listed as an event but is none (extend DomainEvent('Name', schema, { key }))",
    ]);
  });

  it.each(['eventType', 'timestamp', 'identity', 'publishAfterCommit'])('a field called %s', (name) => {
    class Reserved extends DomainEvent('Reserved', z.object({ [name]: z.string() }), { key: () => 1 }) {}
    expect(faultsOf({ events: [Reserved] })).toEqual([
      `the event Reserved has a field ${name}, which the framework sets itself (rename the field)`,
    ]);
  });
});

describe('of clients it finds', () => {
  it('one without a URL, which the decorator may give too', () => {
    expect(faultsOf({ clients: [PaymentClient] }, {})).toEqual([
      'the client PaymentClient has no URL for payment (set PAYMENT_URL)',
    ]);
    @FeignClient({ name: 'payment', url: 'http://localhost:1' })
    class WithUrl extends PaymentClient {}
    expect(faultsOf({ clients: [WithUrl] }, {})).toEqual([]);
  });

  it.each([
    'payment:8080',
    'ftp://payment',
    'http://',
    'http://payment/?a=1',
    'http://pay ment',
    'http://h:99999',
  ])('one with the URL %s', (url) => {
    expect(faultsOf({ clients: [PaymentClient] }, { PAYMENT_URL: url })).toEqual([
      `the client PaymentClient has the URL ${url} for payment (set PAYMENT_URL to http://host:port)`,
    ]);
  });

  it('each URL of a list that is none, by itself; a list of good ones is fine', () => {
    const list = 'http://a:1, https://b/api,http://[::1]:8080';
    expect(faultsOf({ clients: [PaymentClient] }, { PAYMENT_URL: list })).toEqual([]);
    expect(
      faultsOf({ clients: [PaymentClient] }, { PAYMENT_URL: `${list},ftp://c,http://d:1,e:2,` }),
    ).toEqual([
      'the client PaymentClient has the URL ftp://c for payment (set PAYMENT_URL to http://host:port)',
      'the client PaymentClient has the URL http://d:1,e:2, for payment (set PAYMENT_URL to http://host:port)',
    ]);
  });

  it('one whose URL has a password with a comma in it, and shows none of it', () => {
    expect(faultsOf({ clients: [PaymentClient] }, { PAYMENT_URL: 'http://me:se,cret@payment' })).toEqual([
      'the client PaymentClient has the URL http://me:***@payment for payment (set PAYMENT_URL to http://host:port)',
    ]);
  });

  it('one whose URL is in a file that cannot be read, beside the others', () => {
    class NoClient {
      readonly name = 'noclient';
    }
    expect(faultsOf({ clients: [PaymentClient, NoClient] }, { PAYMENT_URL_FILE: '/no/such/file' })).toEqual([
      expect.stringMatching(/^PAYMENT_URL_FILE names \/no\/such\/file, which cannot be read: .*ENOENT/),
      'NoClient is listed in clients without @FeignClient({ name }) (put @FeignClient({ name }) on the class)',
    ]);
  });

  it('an answer that is read by a schema that refuses what else may be in it', () => {
    @FeignClient({ name: 'payment' })
    class Strict {
      readonly one = get('/payments/{id}', { returns: z.strictObject({ id: z.int() }) });
      readonly all = get('/payments', {
        query: z.strictObject({ page: z.int() }),
        returns: z.object({ _embedded: z.object({ payments: z.array(z.strictObject({ id: z.int() })) }) }),
      });
      readonly approve = post('/payments', {
        body: z.strictObject({ id: z.int() }),
        returns: z.array(z.looseObject({ id: z.int() })),
      });
    }
    const why =
      'an answer that has more, such as the _links of HAL, would be refused (use z.object in place of z.strictObject, which passes such fields over)';
    const what = 'is read by a schema that refuses fields that it does not name';
    expect(faultsOf({ clients: [Strict] })).toEqual([
      `the answer of Strict.one ${what}, in the whole: ${why}`,
      `the answer of Strict.all ${what}, in _embedded.payments.*: ${why}`,
    ]);
  });

  it('names that cannot stand in a header', () => {
    @FeignClient({ name: '결제', url: 'http://payment' })
    class Odd {
      readonly 'of\n' = post('/payments');
    }
    expect(faultsOf({ clients: [Odd] })).toEqual([
      'the client Odd is called "결제", and names stand in headers (use letters of ASCII, digits, dots, underscores and hyphens)',
      'an operation of Odd is called "of\\n", and names stand in headers (use letters of ASCII, digits, dots, underscores and hyphens)',
    ]);
  });

  it('options that are out of their range', () => {
    @FeignClient({
      name: 'payment',
      timeoutMs: 0,
      retryBudget: 2,
      bulkhead: { maxConcurrent: 0, maxWaiting: 0 },
      circuit: { failureRate: -0.1, minCalls: 9 },
      outliers: { failures: 0.5, maxEjected: 1 },
    })
    class Wild {
      readonly approve = post('/payments', {
        timeoutMs: NaN,
        retry: { attempts: 11 },
        circuit: { probes: 0 },
      });
      readonly plain = post('/plain', { circuit: false });
    }
    expect(faultsOf({ clients: [Wild] })).toEqual([
      'Wild has timeoutMs 0 (set it to a whole number from 1 to 86400000)',
      'Wild bulkhead has maxConcurrent 0 (set it to a whole number from 1 to 1000000)',
      'Wild circuit has failureRate -0.1 (set it to a number from 0 to 1)',
      'Wild circuit has minCalls 9 (set it to a whole number from 10 to 1000000)',
      'Wild has retryBudget 2 (set it to a number from 0 to 1)',
      'Wild outliers has failures 0.5 (set it to a whole number from 1 to 1000000)',
      'Wild.approve has timeoutMs NaN (set it to a whole number from 1 to 86400000)',
      'Wild.approve circuit has probes 0 (set it to a whole number from 1 to 1000000)',
      'Wild.approve retry has attempts 11 (set it to a whole number from 1 to 10)',
    ]);
  });

  it('an undo that cannot be made, or that stands beside a fallback', () => {
    const returns = z.object({ id: z.int() });
    @FeignClient({ name: 'payment' })
    class Undone {
      readonly fine = post('/payments', { undo: true });
      readonly own = post('/payments', { undo: '/undo/{key}' });
      readonly within = post('/shops/{shop}/payments', { undo: true });
      readonly away = post('/payments', { undo: 'undo/{key}' });
      readonly both = post('/payments', { returns, undo: true, fallback: { id: 1 } });
    }
    expect(faultsOf({ clients: [Undone] })).toEqual([
      expect.stringMatching(
        /^Undone.within is undone by \/shops\/\{shop\}\/payments\/requests\/\{key\}, and/,
      ),
      expect.stringMatching(/^Undone.away is undone by undo\/\{key\}, and all that is known/),
      'Undone.both has an undo and a fallback, so that nobody could tell whether it was made (leave one of them out)',
    ]);
  });

  it('an operation that two clients have', () => {
    @FeignClient({ name: 'payment' })
    class Other {
      readonly approve = post('/payments');
      readonly cancel = post('/cancel');
    }
    expect(faultsOf({ clients: [PaymentClient, Other, Other] })).toEqual([
      'the operation payment.approve is in PaymentClient and Other (declare it once, or call one of them something else)',
    ]);
  });

  it('one without operations', () => {
    @FeignClient({ name: 'payment' })
    class Empty {
      readonly name = 'empty';
    }
    expect(faultsOf({ clients: [Empty] })).toEqual([
      "Empty has no operations (add one: readonly approve = post('/payments', { … }))",
    ]);
  });
});
