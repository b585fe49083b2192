import { MetadataKey } from './metadata.js';
import { type OperationNote, operationNoteOf } from './http-operation.js';

export interface FeignClientOptions {
  /** The service that it calls. Its URL is the setting `{NAME}_URL`: `payment` reads `PAYMENT_URL`. */
  readonly name: string;
  /** The URL where that setting is missing, for development. */
  readonly url?: string;
  /** How long a call may take, in milliseconds, connecting and reading included. Default: 1000. */
  readonly timeoutMs?: number;
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
