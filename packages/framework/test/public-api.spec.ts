import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as framework from '../src/index.js';
import * as testing from '../src/testing/index.js';

/** The types that an index names: `export { type Page, … } from` and `export type { … } from`. */
function typesOf(index: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../src', index), 'utf8');
  expect(text).not.toContain('export *');
  return [...text.matchAll(/^export (type )?\{([^}]*)\} from/gm)]
    .flatMap(([, all, names]) => names!.split(',').map((name) => (all ? `type ${name.trim()}` : name.trim())))
    .filter((name) => name.startsWith('type '))
    .map((name) => name.slice('type '.length))
    .filter((name) => name !== '')
    .toSorted();
}

/** A list in a few lines. */
function lines(names: readonly string[]): string {
  return names.join(' ').replaceAll(/(.{1,100})(?: |$)/g, '$1\n');
}

// A name that comes or goes is a change for all who use the framework: update a list here on purpose, and say so in the change.
describe('the public surface', () => {
  it('has these values in @skanu/framework', () => {
    expect(lines(Object.keys(framework).toSorted())).toMatchInlineSnapshot(`
      "Aggregate AggregateBase AggregateRoot BadIdempotencyKeyError BadRequestError BodyTooLargeError
      BootCheckError BrokerUnavailableError BulkheadFullError CallAbandonedError CircuitOpenError Command
      CommitTimeoutError CommitUnknownError ConfigurationError ConnectionLostError DeadlineExceededError
      DeadlockError DomainError DomainEvent DomainEventBase Entity FeignClient HandlerTimeoutError
      HooksDoNotSettleError IdempotencyKeyReusedError InterceptorError InvalidEventError InvalidInputError
      InvalidStateError LeaseLostError LifecycleTimeoutError MalformedBodyError MethodNotAllowedError
      NoSuchPathError NoUnitOfWorkError NotAcceptableError NotFoundError NotReadyError NotRegisteredError
      OverloadedError PatchTestFailedError PolicyHandler PoolExhaustedError PortUnavailableError
      PostPersist PostRemove PostUpdate PrePersist PreRemove PreUpdate PreconditionFailedError ReadModel
      ReadModelBase RecordTooLargeError RemoteBadAnswerError RemoteCallAbortedError RemoteRefusedError
      RemoteTimeoutError RemoteUnreachableError RequestForgottenError RequestRunningError
      RequestTimeoutError RequestWithdrawnError SchemaDiffersError SerializationFailureError SkanuError
      StatementTimeoutError StoreBusyError StoreFailedError StoreFullError StoreReadOnlyError
      StoreUnavailableError TooManyRowsError UndeclaredEventError Undo UniqueViolationError
      UnknownTopicError UnreadableRecordError UnstorableValueError UnsupportedMediaTypeError UpcastError
      UpstreamBrokeOffError UpstreamTimeoutError UpstreamUnreachableError VersionConflictError View
      ViewHandler When Whenever bootFaults checkService currentSignal defineGateway defineService del get
      head inject patch post put repositoryOf start startGateway startService
      "
    `);
  });

  it('has these types in @skanu/framework', () => {
    expect(lines(typesOf('index.ts'))).toMatchInlineSnapshot(`
      "AbstractClass AggregateClass AggregateInstance BootFault BulkheadOptions CallOptions CircuitOptions
      CollectionOptions CommandMethod Criteria Criterion EntityClass Environment EventClass
      EventConstructor EventIdentity EventOptions EventSchema Fallback FeignClientClass FeignClientOptions
      FieldError Finders GatewayDefinition GatewayOptions GatewayRoute GatewayStartOptions HandlerClass
      HandlerOptions Interceptor JsonFields OlderVersion Operation OutgoingRequest OutlierOptions Page
      PathNames Provider RemoteProblem Repository ResilienceOptions RetryOptions RunningService
      SchemaDifference SearchableField ServiceDefinition ServiceOptions SkanuErrorOptions SortOrder
      StartOptions StateOf StateSchema SymbolToken Token Upcasters
      "
    `);
  });

  it('has these values in @skanu/framework/testing', () => {
    expect(lines(Object.keys(testing).toSorted())).toMatchInlineSnapshot(`
      "ELSEWHERE FaultPoints FaultyBroker FaultyStore ManualClock brokerConformance contract crashProcess
      eventually providerPromises providerStates requestsTo seededRandom servicePromises startStandIn
      startTestGateway startTestService storeConformance systemClock temporaryFolder yesterdaysEvents
      "
    `);
  });

  it('has these types in @skanu/framework/testing', () => {
    expect(lines(typesOf('testing/index.ts'))).toMatchInlineSnapshot(`
      "ArmedFault Broker BrokerCalls BrokerCapabilities BrokerHarness CallExpectation Change Clock
      ColumnDefinition ColumnType ColumnValue CommitOutcome CommittedOffset ComparisonOperator Condition
      ConformanceCase ConsumerContract ConsumerRecord ContractOptions GivenState HandledMessage Hold
      IdBlock InboxMark IndexDefinition Lease Leases LogLine Outbox OutboxEntry OutgoingEvent ParkedKey
      ParkedRecord ParkingLot PartitionLag PortCalls ProducerRecord ProviderOptions ProviderPromise
      ProviderStates ProviderWorld RawRecord ReadExpectation RecordReceiver RecordToPark Row SampleOptions
      Selection Sorting StandIn StandInAnswer StandInRequest StateHandlers StateSchemas Store StoreCalls
      StoreCapabilities StoreDatabase StoreHarness SubscribeOptions Subscription TableDefinition
      TemporaryFolder TestAnswer TestGateway TestRequest TestService TestServiceOptions TopicDefinition
      TopicPartition Values WhichCall WhichSide WireEvent WritePlan YesterdaysEvent
      "
    `);
  });
});
