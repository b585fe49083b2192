import { ambient, type Injector } from '../../model/ambient.js';
import type { DomainEventBase, EventClass } from '../../model/domain-event.js';
import {
  type HandlerClass,
  type HandlerNote,
  type Reaction,
  handlerNote,
  reactionNote,
} from '../../model/handler-note.js';

export const DEFAULT_ATTEMPTS = 5;

/** Brings an event to the rows of a read model and calls the method with each. */
export type CallWithRows = (
  note: HandlerNote,
  reaction: Reaction,
  event: DomainEventBase,
  call: (row: object) => unknown,
) => Promise<void>;

/** A class of handlers, ready to run: its one instance and what it reacts to. */
export class Handler {
  readonly id: string;
  readonly attempts: number;
  readonly #note: HandlerNote;
  readonly #reactions = new Map<string, Reaction[]>();
  readonly #instance: object;

  constructor(
    handlerClass: HandlerClass,
    injector: Injector,
    private readonly callWithRows: CallWithRows,
  ) {
    this.#note = handlerNote.of(handlerClass)!;
    this.id = this.#note.id;
    this.attempts = this.#note.attempts ?? DEFAULT_ATTEMPTS;
    for (const reaction of reactionNote.of(handlerClass.prototype as object) ?? []) {
      const { eventType } = reaction.event;
      this.#reactions.set(eventType, [...(this.#reactions.get(eventType) ?? []), reaction]);
    }
    this.#instance = ambient.run({ injector }, () => injector.resolve<object>(handlerClass));
  }

  /** The names of the events that it reacts to. */
  get eventTypes(): Iterable<string> {
    return this.#reactions.keys();
  }

  /** The class in which it reads an event; undefined when it does not react to it. All its methods use the same one. */
  eventClass(eventType: string): EventClass | undefined {
    return this.#reactions.get(eventType)?.[0]?.event;
  }

  /** Runs the methods that react to the event, one after the other. */
  async react(event: DomainEventBase): Promise<void> {
    const { eventType } = event.constructor as EventClass;
    for (const reaction of this.#reactions.get(eventType) ?? []) {
      const method = (Reflect.get(this.#instance, reaction.method) as (...args: unknown[]) => unknown).bind(
        this.#instance,
      );
      if (reaction.row) await this.callWithRows(this.#note, reaction, event, (row) => method(event, row));
      else await method(event);
    }
  }
}
