import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ran, Scratch } from './scratch.ts';

const STATE = 'packages/cafe-payment/src/payment.ts';
const EVENTS = 'packages/cafe-payment/src/payment-events.ts';
const SERVICE = 'packages/cafe-payment/src/service.ts';
const ANSWERS = 'packages/framework/src/http/resource/answers.ts';

/** Something that a developer of payment could do on a bad day, and what CI answers. */
interface Break {
  readonly what: string;
  readonly plants: readonly (readonly [file: string, from: string | RegExp, to: string])[];
  /** Which tests of promises are asked. Default: those of payment. */
  readonly specs?: readonly string[];
  /** What they say. */
  readonly promises: readonly string[];
  /** What `skanu contracts check` says, which compares with the last release; undefined where declarations cannot tell. */
  readonly compatibility?: readonly string[];
  /** What `skanu check` says, which looks at all services side by side. */
  readonly wiring?: readonly string[];
}

const readers = ['delivery', 'message', 'ordertrace'];

const PROMISES = 'packages/cafe-payment/test/promises.int.spec.ts';
const BEHIND_THE_GATEWAY = 'packages/cafe-gateway/test/promises.int.spec.ts';

const BREAKS: readonly Break[] = [
  {
    what: 'a field of its answer is renamed',
    // done well: its own code and its events go on as before
    plants: [
      [STATE, 'status: z.enum', 'state: z.enum'],
      [STATE, /this\.status/g, 'this.state'],
      [STATE, /changed\('status'\)/g, "changed('state')"],
      [STATE, /new (Payment\w+)\(this\)/g, 'new $1({ ...this, id: this.id, status: this.state })'],
    ],
    specs: [BEHIND_THE_GATEWAY],
    promises: [
      'gateway breaks what it promised to browser: GET /payments/search/findByOrderId',
      'browser needs _embedded.payments[0] of GET /payments/search/findByOrderId: Actual map is missing the following keys: status',
    ],
    compatibility: [
      'break answer-field-renamed: _embedded.payments.*.status in answer 200 of GET /payments/search/findByOrderId',
      'it looks as if it were called state now',
      'read by: browser (its pact, through gateway)',
    ],
  },
  {
    what: 'a field of its request is renamed, and of its answer with it',
    plants: [
      [STATE, 'cost: z.number()', 'price: z.number()'],
      [STATE, "'qty', 'cost'", "'qty', 'price'"],
      [STATE, 'new PaymentApproved(this)', 'new PaymentApproved({ ...this, id: this.id, cost: this.price })'],
    ],
    promises: [
      'payment breaks what it promised to order: POST /payments',
      'order needs the status of POST /payments: expected 201 but was 400, because',
      '/price: is missing',
    ],
    compatibility: [
      'break answer-field-renamed: _embedded.payments.*.cost in answer 200 of GET /payments/search/findByOrderId',
      'it looks as if it were called price now',
      'read by: browser (its pact, through gateway)',
      'break body-field-renamed: cost in body of POST /payments',
      'used by: order (PaymentClient.approve; its pact)',
    ],
    wiring: [
      'fault call-body, packages/cafe-order/src/payment-client.ts',
      'PaymentClient.approve sends what POST /payments of payment refuses: /price is absent, and must be there',
    ],
  },
  {
    what: 'PaymentApproved loses orderId',
    plants: [
      [
        EVENTS,
        "'PaymentApproved', paymentEvent, {\n  key: (e) => e.orderId,",
        "'PaymentApproved', paymentEvent.omit({ orderId: true }), {\n  key: (e) => e.id,",
      ],
    ],
    promises: readers.map(
      (reader) =>
        `${reader} reads the body of PaymentApproved: Actual map is missing the following keys: orderId`,
    ),
    compatibility: [
      'break event-field-gone: orderId in event PaymentApproved',
      'read by: delivery (DeliveryPolicies.startDelivery; its pact), message (MessagePolicies.tellOfPayment; its pact), ordertrace (OrderTraceView.payment; its pact)',
      'make it version 2 of PaymentApproved',
    ],
    wiring: [
      'fault event-shape, packages/cafe-delivery/src/delivery-policies.ts',
      'payment publishes PaymentApproved as DeliveryPolicies.startDelivery cannot read it: /orderId is absent, and must be there',
    ],
  },
  {
    what: 'qty becomes a text',
    plants: [[EVENTS, 'qty: z.number().int()', 'qty: z.coerce.string()']],
    promises: ["delivery reads qty of PaymentApproved: Expected '2' (String) to be an integer"],
    compatibility: [
      'break event-field-type: qty in event PaymentApproved',
      'before it had to be a whole number, now it is text',
      'read by: delivery (DeliveryPolicies.startDelivery; its pact)',
    ],
    wiring: ['DeliveryPolicies.startDelivery cannot read it: /qty is text, and must be a whole number'],
  },
  {
    what: 'its request needs one more field',
    plants: [
      [
        STATE,
        'qty: z.number().int().positive(),',
        'qty: z.number().int().positive(),\n  currency: z.string(),',
      ],
    ],
    promises: [
      'order needs the status of POST /payments: expected 201 but was 400, because',
      '/currency: is missing',
    ],
    compatibility: [
      'break body-field-required: currency in body of POST /payments',
      'used by: order (PaymentClient.approve; its pact)',
    ],
    wiring: ['POST /payments of payment refuses: /currency is absent, and must be there'],
  },
  {
    what: 'a route is removed',
    plants: [[STATE, '  @Undo()\n', '']],
    promises: ['order needs the status of DELETE /payments/requests/{key}: expected 204 but was 404'],
    compatibility: ['break path-gone: /payments/requests/{key}', 'used by: order (its pact)'],
    wiring: ['fault call-undo, packages/cafe-order/src/payment-client.ts'],
  },
  {
    what: 'a status is another',
    plants: [[ANSWERS, 'answer(201,', 'answer(200,']],
    promises: ['order needs the status of POST /payments: expected 201 but was 200'],
  },
  {
    what: 'its events go to another topic',
    plants: [[SERVICE, "topic: 'skanucafe'", "topic: 'payments'"]],
    promises: readers.map(
      (reader) =>
        `${reader} reads the topic of PaymentApproved: Expected metadata key 'topic' to have value '"skanucafe"' but was '"payments"'`,
    ),
    compatibility: [
      'break event-topic: event PaymentApproved',
      'before it went to topic skanucafe, now it goes to topic payments',
    ],
    wiring: [
      'DeliveryPolicies.startDelivery reads PaymentApproved on skanucafe, and it is published by payment on payments',
    ],
  },
  {
    what: 'its events have another key',
    plants: [[EVENTS, /key: \(e\) => e\.orderId/, 'key: (e) => e.id']],
    promises: readers.map(
      (reader) =>
        `${reader} reads the key of PaymentApproved: Expected metadata key 'key' to have value '"20"' but was '"1"'`,
    ),
    compatibility: [
      'break event-key: event PaymentApproved',
      'before it had the key orderId, now it has the key id',
    ],
    wiring: [
      'payment keeps PaymentApproved in order of id, and DeliveryPolicies.startDelivery counts on the order of orderId',
    ],
  },
];

describe(
  'a break that is planted in payment is stopped, with the name of who is hit',
  { timeout: 120_000 },
  () => {
    let scratch: Scratch;

    beforeAll(() => {
      scratch = new Scratch();
    });
    afterAll(() => scratch?.[Symbol.dispose]());

    it('without one all is well', async () => {
      expect(await scratch.specs(PROMISES)).toMatchObject({
        code: 0,
        output: expect.stringContaining('8 passed'),
      });
      expect(await scratch.skanu('contracts', 'check')).toMatchObject({ code: 0 });
      expect(await scratch.skanu('check')).toMatchObject({ code: 0 });
    });

    it.each(BREAKS)(
      '$what',
      async ({ plants, specs = [PROMISES], promises, compatibility = [], wiring = [] }) => {
        using planted = new DisposableStack();
        for (const plant of plants) planted.use(scratch.plant(...plant));
        // one after the other: there are two cores, and a test file beside this one
        expectSaid(await scratch.specs(...specs), promises);
        if (compatibility.length > 0) expectSaid(await scratch.skanu('contracts', 'check'), compatibility);
        if (wiring.length > 0) expectSaid(await scratch.skanu('check'), wiring);
      },
    );
  },
);

function expectSaid({ code, output }: Ran, lines: readonly string[]): void {
  for (const line of lines) expect(output).toContain(line);
  expect(code).toBe(1);
}
