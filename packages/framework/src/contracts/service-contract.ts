import type { JsonSchema } from '../model/json-schema.js';

/** An event that a service publishes, in one version. */
export interface PublishedEvent {
  readonly eventType: string;
  readonly version: number;
  readonly topic: string;
  /** The fields that its key is made of. */
  readonly key: readonly string[];
  /** Of its fields, as they travel. */
  readonly schema: JsonSchema;
}

/** One method that reacts to an event. */
export interface EventReader {
  /** Of the handler class, as in the inbox. */
  readonly handler: string;
  readonly kind: 'policy' | 'view';
  /** `PaymentPolicies.cancelPayment` */
  readonly method: string;
  /** How many attempts a record gets before its key is parked. */
  readonly attempts: number;
}

/** An event that a service reads. */
export interface ReadEvent {
  readonly eventType: string;
  /** The version that its schema is of, the newest that it reads. Of an event that comes in several, it reads the newest up to this. */
  readonly version: number;
  /** The older versions that it brings to this one, from the oldest; what the schema says of them is known only when they were brought. */
  readonly upcasts: readonly number[];
  readonly topic: string;
  /** The fields that its key is made of, as the reader takes it. */
  readonly key: readonly string[];
  /** What it reads of the fields: others may be there. */
  readonly schema: JsonSchema;
  readonly readers: readonly EventReader[];
}

/** An operation of another service that a service calls. */
export interface CalledOperation {
  /** The class: `PaymentClient`. */
  readonly client: string;
  /** The field: `approve`. */
  readonly operation: string;
  /** The service that is called: `payment`. */
  readonly service: string;
  readonly method: string;
  /** With names in braces: `/payments/{id}`. */
  readonly path: string;
  /** What the query is sent with; undefined: there is none. */
  readonly query: JsonSchema | undefined;
  readonly body: JsonSchema | undefined;
  readonly bodyKind: 'json' | 'form';
  /** What it reads of the answer; undefined: nothing. */
  readonly answer: JsonSchema | undefined;
  /** The path whose `DELETE` takes the call back. */
  readonly undoPath: string | undefined;
  /** How long a call may take, with all its attempts, in milliseconds. */
  readonly timeoutMs: number;
  /** All attempts together. */
  readonly attempts: number;
}

/** What a service promises, and what it needs of others: plain data, made from its declarations alone. */
export interface ServiceContract {
  readonly kind: 'service';
  readonly service: string;
  readonly version: string;
  readonly publishes: readonly PublishedEvent[];
  readonly reads: readonly ReadEvent[];
  readonly calls: readonly CalledOperation[];
  /** Its HTTP API. */
  readonly openApi: OpenApiDocument;
}

/** What a gateway lets through. */
export interface GatewayContract {
  readonly kind: 'gateway';
  readonly service: string;
  readonly routes: readonly { readonly path: string; readonly service: string }[];
  /** How long it waits for a service, in milliseconds. */
  readonly timeoutMs: number;
}

export type Contract = ServiceContract | GatewayContract;

/** An OpenAPI 3.1 document, as far as it is looked at. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  /** By path, then by method in small letters; `parameters` of all methods stand beside those. */
  readonly paths: Readonly<Record<string, OpenApiPath>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly [keyword: string]: unknown;
}

export type OpenApiPath = Readonly<Record<string, OpenApiOperation | readonly OpenApiParameter[]>>;

export interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: OpenApiContent };
  /** By status. */
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: OpenApiContent }>
  >;
  readonly [keyword: string]: unknown;
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** By media type. */
export type OpenApiContent = Readonly<Record<string, { readonly schema: JsonSchema }>>;
