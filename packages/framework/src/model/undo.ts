import type { AggregateBase } from './aggregate-root.js';
import { MetadataKey } from './metadata.js';
import type { MethodDescriptor } from './method-descriptor.js';

const undoNote = new MetadataKey<string | undefined>('undo', (inherited) => inherited);

/**
 * Names the behaviour that undoes the creation of the aggregate: a caller that made it with an `Idempotency-Key` may take that back
 * by `DELETE /{collection}/requests/{key}` (for an operation with `undo` the framework does so by itself). Taking back twice, or before the request has come, is possible: then it never happens.
 * @example @Undo() cancel() { this.status = 'PaymentCancelled'; }
 */
export function Undo() {
  return (
    target: AggregateBase,
    method: string,
    _descriptor: MethodDescriptor<() => void | Promise<void>>,
  ): void => undoNote.change(target, () => method);
}

/** The method that undoes the creation of an aggregate; undefined: nothing does. */
export function undoOf(aggregate: { readonly prototype: object }): string | undefined {
  return undoNote.of(aggregate.prototype);
}
