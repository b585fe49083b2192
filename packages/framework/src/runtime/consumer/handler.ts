import { ambient, type Injector } from '../../model/ambient.js';
import type { DomainEventBase, EventClass } from '../../model/domain-event.js';
import {
  DEFAULT_ATTEMPTS,
  type HandlerClass,
  type HandlerNote,
  type Reaction,
  handlerNote,
  reactionNote,
} from '../../model/handler-note.js';
import { wireName } from '../../model/wire-name.js';
import { handlerOf } from '../../store/view-generations.js';
import type { InboxMark } from '../../store/write-plan.js';
import type { ReceivedEvent } from '../event-codec.js';

/** Brings an event to the rows of a read model and calls the method with each. */
export type CallWithRows = (
  note: HandlerNote,
  reaction: Reaction,
  event: DomainEventBase,
  call: (row: object) => unknown,
) => Promise<void>;

/** Says which generation of its read model a view handler writes to. */
export interface GenerationSource {
  /** The read model, by the name of its collection. */
  readonly name: string;
  readonly generation: number;
  /**
   * The store has refused a write to that generation: finds out why, and resolves when another attempt makes sense, or when the signal is
   * aborted. Rejects when the store is away, or when there is no generation any more to go on with.
   */
  moved(signal: AbortSignal): Promise<void>;
  /**
   * Whether that generation takes writes; waits while nobody knows because it is held. To be asked when a record of it was parked: what is parked
   * under a hold, or later, is in neither generation. Undefined when the signal ended it.
   */
  confirm(generation: number, signal: AbortSignal): Promise<boolean | undefined>;
}

/** A class of handlers, ready to run: its one instance and what it reacts to. */
export class Handler {
  /** What it is called, whatever generation it writes to. */
  readonly name: string;
  readonly attempts: number;
  readonly #note: HandlerNote;
  readonly #reactions = new Map<string, [Reaction, ...Reaction[]]>();
  readonly #instance: object;

  constructor(
    handlerClass: HandlerClass,
    injector: Injector,
    private readonly callWithRows: CallWithRows,
    private readonly generation?: GenerationSource,
  ) {
    this.#note = handlerNote.of(handlerClass)!;
    this.name = this.#note.id;
    this.attempts = this.#note.attempts ?? DEFAULT_ATTEMPTS;
    for (const reaction of reactionNote.of(handlerClass.prototype as object) ?? []) {
      const { eventType } = reaction.event;
      const others = this.#reactions.get(eventType);
      this.#reactions.set(eventType, others ? [...others, reaction] : [reaction]);
    }
    this.#instance = ambient.run({ injector }, () => injector.resolve<object>(handlerClass));
  }

  /** Names it in the inbox and the parking lot. A view handler has another one for each generation of its read model. */
  get id(): string {
    return this.generation ? handlerOf(this.name, this.generation.generation) : this.name;
  }

  /** For view handlers: the generation that they write to now. */
  get view(): InboxMark['view'] {
    return this.generation && { name: this.generation.name, generation: this.generation.generation };
  }

  /** See {@link GenerationSource.moved}. */
  async moved(signal: AbortSignal): Promise<void> {
    await this.generation?.moved(signal);
  }

  /** See {@link GenerationSource.confirm}. */
  async confirm(view: InboxMark['view'], signal: AbortSignal): Promise<boolean | undefined> {
    return view && this.generation ? this.generation.confirm(view.generation, signal) : true;
  }

  /** The names on the wire of the events that it reads, in all versions that it can read. */
  get wireNames(): Iterable<string> {
    return [...this.#reactions.values()].flatMap(([{ event }]) =>
      Array.from({ length: event.version }, (_, older) => wireName(event.eventType, older + 1)),
    );
  }

  /**
   * The class in which it reads an event of that version; undefined when it does not react to it, or knows only older versions. All its
   * methods use the same one.
   */
  eventClass({ eventType, version }: Pick<ReceivedEvent, 'eventType' | 'version'>): EventClass | undefined {
    const eventClass = this.#reactions.get(eventType)?.[0].event;
    return eventClass && version <= eventClass.version ? eventClass : undefined;
  }

  /** The newest version of an event that it can read; undefined when it does not react to that event. */
  newestVersion(eventType: string): number | undefined {
    return this.#reactions.get(eventType)?.[0].event.version;
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
