// A service under test.
export { eventually } from './eventually.js';
export { type TestGateway, startTestGateway } from './gateway-harness.js';
export type { LogLine } from './harness/log-lines.js';
export { type TestAnswer, type TestRequest, requestsTo } from './harness/request.js';
export { ELSEWHERE, type RawRecord } from './harness/test-publisher.js';
export type { WireEvent } from './harness/wire-event.js';
export { type TestServiceOptions, startTestService } from './service-harness.js';
export { type StandIn, type StandInAnswer, type StandInRequest, startStandIn } from './stand-in-server.js';
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';
export type { TestService } from './test-service.js';

// What services promise each other.
export type { CallExpectation } from './contract/call-interaction.js';
export { type ConsumerContract, type ContractOptions, contract } from './contract/consumer-contract.js';
export type { HandledMessage, ReadExpectation } from './contract/message-interaction.js';
export {
  type ProviderOptions,
  type ProviderPromise,
  type ProviderWorld,
  providerPromises,
  servicePromises,
} from './contract/provider-promises.js';
export {
  type GivenState,
  type ProviderStates,
  type StateHandlers,
  type StateSchemas,
  providerStates,
} from './contract/provider-states.js';
export { type SampleOptions, type YesterdaysEvent, yesterdaysEvents } from './contract/yesterdays-events.js';

// What goes wrong, and when.
export { crashProcess } from './crash-process.js';
export { type ArmedFault, FaultPoints, type Hold, type WhichCall, type WhichSide } from './fault-points.js';
export { type BrokerCalls, FaultyBroker } from './faulty-broker.js';
export { FaultyStore, type StoreCalls } from './faulty-store.js';
export { ManualClock } from './manual-clock.js';
export type { PortCalls } from './port-calls.js';
export { seededRandom } from './seeded-random.js';

// What every adapter of a port must do.
export { type BrokerHarness, brokerConformance } from './broker-conformance.js';
export type { ConformanceCase } from './conformance-case.js';
export { type StoreDatabase, type StoreHarness, storeConformance } from './store-conformance.js';

// The ports, for those who write an adapter or stand around one.
export type {
  Broker,
  BrokerCapabilities,
  CommittedOffset,
  ConsumerRecord,
  PartitionLag,
  ProducerRecord,
  RecordReceiver,
  SubscribeOptions,
  Subscription,
  TopicDefinition,
  TopicPartition,
} from '../broker/broker.js';
export { type Clock, systemClock } from '../kernel/clock.js';
export type { Lease, Leases } from '../store/leases.js';
export type { Outbox, OutboxEntry } from '../store/outbox.js';
export type { ParkedKey, ParkedRecord, ParkingLot, RecordToPark } from '../store/parking-lot.js';
export type { ComparisonOperator, Condition, Selection, Sorting } from '../store/selection.js';
export type { IdBlock, Store, StoreCapabilities } from '../store/store.js';
export type {
  ColumnDefinition,
  ColumnType,
  ColumnValue,
  IndexDefinition,
  Row,
  TableDefinition,
  Values,
} from '../store/table-definition.js';
export type { Change, CommitOutcome, InboxMark, OutgoingEvent, WritePlan } from '../store/write-plan.js';
