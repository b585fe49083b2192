// What a team writes with.
export { Aggregate, type CollectionOptions, type Finders } from './model/aggregate.js';
export {
  AggregateBase,
  type AggregateClass,
  type AggregateInstance,
  AggregateRoot,
} from './model/aggregate-root.js';
export { inject } from './model/ambient.js';
export { currentSignal } from './model/current-signal.js';
export { Command, type CommandMethod } from './model/command.js';
export type { Criteria, Criterion, SearchableField, SortOrder } from './model/criteria.js';
export {
  DomainEvent,
  DomainEventBase,
  type EventClass,
  type EventIdentity,
  type EventOptions,
  type EventSchema,
} from './model/domain-event.js';
export type { JsonFields, OlderVersion, Upcasters } from './model/event-versions.js';
export { Entity, type EntityClass, type StateOf, type StateSchema } from './model/entity.js';
export { FeignClient, type FeignClientClass, type FeignClientOptions } from './model/feign-client.js';
export {
  type GatewayDefinition,
  type GatewayOptions,
  type GatewayRoute,
  defineGateway,
} from './model/gateway-definition.js';
export type { HandlerClass, HandlerOptions } from './model/handler-note.js';
export {
  type CallOptions,
  type Fallback,
  type Operation,
  type PathNames,
  del,
  get,
  head,
  patch,
  post,
  put,
} from './model/http-operation.js';
export {
  PostPersist,
  PostRemove,
  PostUpdate,
  PrePersist,
  PreRemove,
  PreUpdate,
} from './model/lifecycle-hooks.js';
export { type EventConstructor, PolicyHandler, Whenever } from './model/policy-handler.js';
export { type Page, type Repository, repositoryOf } from './model/repository.js';
export {
  type Provider,
  type ServiceDefinition,
  type ServiceOptions,
  defineService,
} from './model/service-definition.js';
export type {
  BulkheadOptions,
  CircuitOptions,
  Interceptor,
  OutgoingRequest,
  OutlierOptions,
  ResilienceOptions,
  RetryOptions,
} from './model/resilience.js';
export type { AbstractClass, SymbolToken, Token } from './model/token.js';
export { Undo } from './model/undo.js';
export { ReadModel, ReadModelBase, View, ViewHandler, When } from './model/view-handler.js';

// What a service is started and checked with.
export { bootFaults, checkService } from './service/boot-check.js';
export type { RunningService } from './service/running-service.js';
export type { Environment } from './service/settings.js';
export { start, startGateway, startService } from './service/start.js';
export type { GatewayStartOptions } from './service/start-gateway.js';
export type { StartOptions } from './service/start-service.js';

// What can go wrong. docs/reference/errors.md explains each.
export { SkanuError, type SkanuErrorOptions } from './kernel/errors/skanu-error.js';
export {
  DomainError,
  HooksDoNotSettleError,
  InvalidEventError,
  InvalidInputError,
  InvalidStateError,
  NoUnitOfWorkError,
  NotFoundError,
  NotRegisteredError,
  TooManyRowsError,
  UndeclaredEventError,
  UnreadableRecordError,
  UpcastError,
  type FieldError,
} from './kernel/errors/model-errors.js';
export {
  BadIdempotencyKeyError,
  BadRequestError,
  BodyTooLargeError,
  IdempotencyKeyReusedError,
  MalformedBodyError,
  MethodNotAllowedError,
  NoSuchPathError,
  NotAcceptableError,
  NotReadyError,
  OverloadedError,
  PatchTestFailedError,
  PreconditionFailedError,
  RequestForgottenError,
  RequestRunningError,
  RequestTimeoutError,
  RequestWithdrawnError,
  UnsupportedMediaTypeError,
} from './kernel/errors/request-errors.js';
export {
  BulkheadFullError,
  CallAbandonedError,
  CircuitOpenError,
  DeadlineExceededError,
  InterceptorError,
  RemoteBadAnswerError,
  RemoteCallAbortedError,
  RemoteRefusedError,
  RemoteTimeoutError,
  RemoteUnreachableError,
  type RemoteProblem,
} from './kernel/errors/remote-errors.js';
export {
  UpstreamBrokeOffError,
  UpstreamTimeoutError,
  UpstreamUnreachableError,
} from './kernel/errors/gateway-errors.js';
export {
  CommitTimeoutError,
  CommitUnknownError,
  ConnectionLostError,
  DeadlockError,
  LeaseLostError,
  PoolExhaustedError,
  type SchemaDifference,
  SchemaDiffersError,
  SerializationFailureError,
  StatementTimeoutError,
  StoreBusyError,
  StoreFailedError,
  StoreFullError,
  StoreReadOnlyError,
  StoreUnavailableError,
  UniqueViolationError,
  UnstorableValueError,
  VersionConflictError,
} from './kernel/errors/store-errors.js';
export {
  BrokerUnavailableError,
  RecordTooLargeError,
  UnknownTopicError,
} from './kernel/errors/broker-errors.js';
export {
  BootCheckError,
  ConfigurationError,
  HandlerTimeoutError,
  LifecycleTimeoutError,
  PortUnavailableError,
  type BootFault,
} from './kernel/errors/start-errors.js';
