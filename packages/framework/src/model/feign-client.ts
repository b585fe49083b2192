import { MetadataKey } from './metadata.js';
import { type OperationNote, operationNoteOf } from './http-operation.js';
import type { Interceptor, OutlierOptions, ResilienceOptions } from './resilience.js';

export interface FeignClientOptions extends ResilienceOptions {
  /** The service that it calls. Its URL is the setting `{NAME}_URL`: `payment` reads `PAYMENT_URL`. */
  readonly name: string;
  /** The URL where that setting is missing, for development. Several, with commas between, share the calls. */
  readonly url?: string;
  /** At most this share of the client's calls may be attempts beyond the first, over 10 s. Default: 0.2. */
  readonly retryBudget?: number;
  readonly outliers?: OutlierOptions;
  /** In this order. */
  readonly interceptors?: readonly Interceptor[];
}

export const feignClientNote = new MetadataKey<FeignClientOptions | undefined>(
  'feign client',
  () => undefined,
);

/** A class whose fields are operations of another service. */
export type FeignClientClass = new () => object;

/**
 * A typed client of another service. Its operations are fields; get it with `inject`.
 * @example @FeignClient({ name: 'payment', timeoutMs: 610 }) class PaymentClient { readonly approve = post('/payments', …); }
 */
export function FeignClient(options: FeignClientOptions) {
  return (target: FeignClientClass): void => feignClientNote.change(target, () => options);
}

/** The operations of a client by field name. */
export function operationsOf(client: object): ReadonlyMap<string, OperationNote> {
  const operations = new Map<string, OperationNote>();
  for (const [name, value] of Object.entries(client)) {
    const note = operationNoteOf(value);
    if (note) operations.set(name, note);
  }
  return operations;
}
