import type { Criteria } from './criteria.js';
import type { AnyEntityClass } from './entity.js';
import type { EventClass } from './domain-event.js';
import { MetadataKey, listCopy } from './metadata.js';

/** How the row of a view is found for an event. */
export type RowOf =
  | { readonly id: (event: never) => number }
  | { readonly where: (event: never) => Criteria<Record<string, unknown>>; readonly create: boolean };

/** One method that reacts to one event. */
export interface Reaction {
  readonly event: EventClass;
  readonly method: string;
  /** For views. */
  readonly row?: RowOf;
}

export const DEFAULT_ATTEMPTS = 5;

export interface HandlerOptions {
  /**
   * Names the handler in the inbox and the parking lot. Default: the name of the class. Set it when you rename the class, or else
   * records on their way are handled once more.
   */
  readonly id?: string;
  /** How many attempts a record gets before its key is parked. Default: 5. */
  readonly attempts?: number;
}

/** A class of handlers. */
export interface HandlerNote extends HandlerOptions {
  readonly kind: 'policy' | 'view';
  readonly id: string;
  /** For views. */
  readonly model?: AnyEntityClass;
}

export const handlerNote = new MetadataKey<HandlerNote | undefined>('handler', () => undefined);
export const reactionNote = new MetadataKey<Reaction[]>('reactions', listCopy);

/** Notes a reaction down; one of a subclass takes the place of an inherited one of the same method to the same event. */
export function noteReaction(target: object, reaction: Reaction): void {
  reactionNote.change(target, (reactions) => [
    ...reactions.filter(({ event, method }) => event !== reaction.event || method !== reaction.method),
    reaction,
  ]);
}

/** A class that `@PolicyHandler` or `@ViewHandler` stands on. */
export type HandlerClass = new (...args: never[]) => object;
