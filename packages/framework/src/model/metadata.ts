import 'reflect-metadata';

/** A kind of thing that decorators note down about a class. `V` is the whole note. */
export class MetadataKey<V> {
  readonly #key: symbol;

  constructor(
    description: string,
    private readonly copy: (inherited: V | undefined) => V,
  ) {
    this.#key = Symbol(description);
  }

  /** Changes the class's own note, which begins as a copy of what it inherits, so that a base class stays as it is. */
  change(target: object, change: (note: V) => V | void): void {
    const own = Reflect.getOwnMetadata(this.#key, target) as V | undefined;
    const note = own ?? this.copy(Reflect.getMetadata(this.#key, target) as V | undefined);
    Reflect.defineMetadata(this.#key, change(note) ?? note, target);
  }

  /** The note of the class or of the nearest that it inherits from. */
  of(target: object): V | undefined {
    return Reflect.getMetadata(this.#key, target) as V | undefined;
  }
}

/** For notes that are lists: a copy to append to. */
export const listCopy = <T>(inherited: T[] | undefined): T[] => [...(inherited ?? [])];
