import { z } from 'zod';
import { contractChanges } from '../../src/contracts/compatibility/contract-changes.js';
import type { ChangeFinding } from '../../src/contracts/compatibility/change-finding.js';
import { lockText, lockedContracts, parsedLock } from '../../src/contracts/compatibility/contracts-lock.js';
import type { PactFile, PactInteraction } from '../../src/contracts/pact-file.js';
import type {
  Contract,
  OpenApiOperation,
  PublishedEvent,
  ServiceContract,
} from '../../src/contracts/service-contract.js';
import { jsonSchemaOf } from '../../src/model/json-schema.js';

/** An event as payment publishes it. */
export function paid(fields: z.ZodRawShape, more: Partial<PublishedEvent> = {}): PublishedEvent {
  const schema = jsonSchemaOf(z.object(fields), 'output');
  return { eventType: 'Paid', version: 1, topic: 'events', key: ['id'], schema, ...more };
}

/** What payment is: events, or operations by `METHOD path`. */
export interface Payment {
  readonly events?: readonly PublishedEvent[];
  readonly api?: Readonly<Record<string, Partial<OpenApiOperation>>>;
  readonly schemas?: Readonly<Record<string, z.ZodType>>;
  readonly version?: string;
}

export function payment({
  events = [],
  api = {},
  schemas = {},
  version = '1.0.0',
}: Payment): ServiceContract {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const [name, operation] of Object.entries(api)) {
    const [method, path] = name.split(' ') as [string, string];
    (paths[path] ??= {})[method.toLowerCase()] = { operationId: name, responses: {}, ...operation };
  }
  return {
    ...nobody('payment'),
    version,
    publishes: events,
    openApi: {
      openapi: '3.1.0',
      info: { title: 'payment', version },
      paths,
      components: {
        schemas: Object.fromEntries(
          Object.entries(schemas).map(([name, schema]) => [name, jsonSchemaOf(schema, 'output')]),
        ),
      },
    },
  };
}

/** Two others: delivery reads the event in its code, order calls payment with its client. */
export const delivery: ServiceContract = {
  ...nobody('delivery'),
  reads: [
    {
      eventType: 'Paid',
      version: 1,
      upcasts: [],
      topic: 'events',
      key: ['id'],
      schema: jsonSchemaOf(
        z.object({ id: z.number(), lines: z.array(z.object({ qty: z.number() })).optional() }),
        'input',
      ),
      readers: [{ handler: 'Delivery', kind: 'policy', method: 'DeliveryPolicies.begin', attempts: 5 }],
    },
  ],
};
export const order: ServiceContract = {
  ...nobody('order'),
  calls: [
    {
      client: 'PaymentClient',
      operation: 'approve',
      service: 'payment',
      method: 'POST',
      path: '/payments',
      query: undefined,
      body: jsonSchemaOf(z.object({ cost: z.number() }), 'output'),
      bodyKind: 'json',
      answer: jsonSchemaOf(z.object({ id: z.number() }), 'input'),
      undoPath: undefined,
      timeoutMs: 1_000,
      attempts: 1,
    },
  ],
};
export const gateway: Contract = {
  kind: 'gateway',
  service: 'gateway',
  routes: [{ path: '/payments', service: 'payment' }],
  timeoutMs: 10_000,
};

/** Message reads `status` of the event by its pact; a browser reads `status` of a payment through the gateway. */
export const pacts: readonly PactFile[] = [
  pact('message', 'payment', {
    type: 'Asynchronous/Messages',
    description: 'Paid',
    contents: { content: { eventType: 'Paid', id: 1, status: 'ok' } },
    metadata: { eventType: 'Paid' },
  }),
  pact('browser', 'gateway', {
    type: 'Synchronous/HTTP',
    description: 'GET /payments/{id}',
    request: { method: 'GET', path: '/payments/7', query: { full: ['true'] } },
    response: { status: 200, body: { content: { id: 7, status: 'ok' } } },
  }),
];

export function pact(consumer: string, provider: string, ...interactions: PactInteraction[]): PactFile {
  return { consumer: { name: consumer }, provider: { name: provider }, interactions };
}

/** What a change of payment comes to. The state before goes through the text of the lock, as it does in life. */
export function changesOf(before: Payment, after: Payment): ChangeFinding[] {
  const others = [delivery, order, gateway];
  const lock = lockText(lockedContracts([payment(before), ...others]));
  return contractChanges(parsedLock(lock, 'contracts.lock'), [payment(after), ...others], pacts);
}

/** `rule field <- readers` */
export function told({ rule, field, readers }: ChangeFinding): string {
  const who = [...new Set(readers.map(({ consumer }) => consumer))].join(', ');
  return `${rule}${field === undefined ? '' : ` ${field}`}${who === '' ? '' : ` <- ${who}`}`;
}

/** A row of a table of changes. */
export function named<T>([title, before, after, ...found]: readonly [string, T, T, ...string[]]) {
  return { title, before, after, found };
}

export function nobody(service: string): ServiceContract {
  return {
    kind: 'service',
    service,
    version: '1.0.0',
    publishes: [],
    reads: [],
    calls: [],
    openApi: {
      openapi: '3.1.0',
      info: { title: service, version: '1' },
      paths: {},
      components: { schemas: {} },
    },
  };
}
