import assert from 'node:assert/strict';
import { serviceContract } from '../../contracts/contract-of.js';
import type { PactInteraction } from '../../contracts/pact-file.js';
import { type DomainEventBase, type EventClass, receivedEvent } from '../../model/domain-event.js';
import type { ServiceDefinition } from '../../model/service-definition.js';
import type { Environment } from '../../service/settings.js';
import { startTestService } from '../service-harness.js';
import type { TestService } from '../test-service.js';
import type { WireEvent } from '../harness/wire-event.js';
import { assertReached } from './assert-reached.js';
import { type ExampleEvent, exampleEvent, fieldsOf, olderExample } from './example-event.js';
import { matching } from './matchers.js';
import { parkedReasons } from './parked-reasons.js';
import { pactLibrary } from './pact-library.js';
import { PactFolder } from './pact-folder.js';
import type { GivenState } from './provider-states.js';

type Chosen<E extends DomainEventBase> = Partial<Omit<E, keyof DomainEventBase>>;

/** What a service expects of an event. */
export interface ReadExpectation<E extends DomainEventBase> {
  /** What the provider does for it, and with what. Its choices fill the fields of the same names in the example, but not in `written`. */
  readonly given: GivenState;
  /** The version that this provider writes, where that is an older one than the class has. Default: that of the class. */
  readonly version?: number;
  /**
   * All fields that are read of an older version, as they travel. Nobody here has a schema of that, so the example says it all: whole numbers stand for whole
   * numbers, texts for texts. The upcasters of the class make of it what the handlers get.
   */
  readonly written?: Readonly<Record<string, unknown>>;
  /** Fields of the example, where the schema's own examples do not do. */
  readonly fields?: Chosen<E>;
  /** Fields that must be exactly these, and not only of their type. */
  readonly exactly?: Chosen<E>;
  /** Tells several expectations of one event apart. Default: the name of the event on the wire. */
  readonly description?: string;
  /** Settings of the service, such as `PAYMENT_URL`. */
  readonly settings?: Environment;
  /** Brings the service to where the event finds it. */
  readonly before?: (service: TestService) => Promise<unknown>;
}

/** What came of a message. */
export interface HandledMessage<E extends DomainEventBase> {
  readonly service: TestService;
  readonly event: E;
  /** What the service published because of it. */
  readonly published: readonly WireEvent[];
}

interface Parts<E extends DomainEventBase> {
  readonly definition: ServiceDefinition;
  /** Where Pact writes. */
  readonly dir: string;
  readonly event: EventClass<E>;
  readonly expectation: ReadExpectation<E>;
  readonly look: ((handled: HandledMessage<E>) => Promise<unknown>) | undefined;
}

/** Gives the example of an event to the handlers of a service, as Pact has understood it. @returns what is expected of the provider */
export async function messageInteraction<E extends DomainEventBase>(
  parts: Parts<E>,
): Promise<readonly PactInteraction[]> {
  const { definition, dir, event, expectation, look } = parts;
  const { given, version = event.version, exactly = {}, before, settings = {} } = expectation;
  const read = serviceContract(definition).reads.find(({ eventType }) => eventType === event.eventType);
  assert.ok(read, `no handler of ${definition.name} reads ${event.eventType}`);
  const { wireName, json, schema, key } = exampleOf(event, expectation);
  const { PactV4, MatchersV3 } = await pactLibrary();
  const pact = new PactV4({ consumer: definition.name, provider: given.provider, dir, logLevel: 'error' });
  await pact
    .addAsynchronousInteraction()
    .given(given.name, given.params as never)
    .expectsToReceive(expectation.description ?? wireName, (message) => {
      message
        .withJSONContent({
          eventType: wireName,
          timestamp: MatchersV3.regex('^\\d{14}$', '20260101120000'),
          ...(matching(schema, json, new Set(Object.keys(exactly))) as object),
        })
        // what is beside the value: where it must be, and in which order it must come
        .withMetadata({ topic: read.topic, eventType: wireName, key, 'content-type': 'application/json' });
    })
    .executeTest(async ({ contents }) => {
      await using service = await startTestService(definition, { settings });
      await assertReached(`what ${definition.name} is to be in before`, await before?.(service), service.url);
      // as it would travel: the header is what readers choose by
      const headers = { ce_type: wireName, 'content-type': 'application/json' };
      const value = contents.content as Record<string, unknown>;
      const published = await service.when({ key, headers, value });
      const parked = await parkedReasons(service.url);
      assert.ok(
        parked.length === 0,
        `${definition.name} could not handle the ${wireName} that it expects: ${parked.join('; ')}`,
      );
      const { eventType: _, timestamp: __, ...travelled } = value;
      const fields = fieldsOf(event, version, travelled);
      const handled = receivedEvent(event, fields, { eventId: wireName, occurredAt: new Date() });
      await look?.({ service, event: handled, published });
    });
  return new PactFolder(dir).read().flatMap(({ interactions }) => interactions);
}

function exampleOf<E extends DomainEventBase>(
  event: EventClass<E>,
  { given, version = event.version, written, fields, exactly = {} }: ReadExpectation<E>,
): ExampleEvent {
  const { eventType } = event;
  assert.ok(
    Number.isInteger(version) && version >= 1 && version <= event.version,
    `${eventType} is read up to version ${event.version}; version ${version} of it cannot be expected`,
  );
  if (version === event.version) {
    assert.ok(
      !written,
      `"written" is for older versions; of version ${version} of ${eventType} choose "fields"`,
    );
    return exampleEvent(event, { ...given.params, ...fields, ...exactly });
  }
  assert.ok(
    written && !fields,
    `say in "written" what is read of version ${version} of ${eventType}: the class has a schema of version ${event.version} only`,
  );
  return olderExample(event, version, { ...written, ...exactly });
}
