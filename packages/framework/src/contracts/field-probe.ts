/** What texts, lists, numbers and instants can do is done; every other name is that of a field. */
const OF_TEXTS: object = String.prototype;
const OF_LISTS: object = Array.prototype;
const OF_OTHERS: readonly object[] = [Number.prototype, Date.prototype];

type Method = (...args: unknown[]) => unknown;

/** Stands for an event, and knows which of its fields were looked at. What a field is, it cannot know: each is a text, an object and a list at once. */
export class FieldProbe {
  #fields: string[] = [];
  #absent: ReadonlySet<string> = new Set();

  /** @param names of all fields */
  constructor(private readonly names: readonly string[]) {}

  /** Paths (`order.id`), in the order in which they were looked at first. */
  get fields(): readonly string[] {
    return this.#fields;
  }

  /** An event whose fields that were looked at so far are not there. */
  next(): object {
    this.#absent = new Set(this.#fields);
    const fields = Object.fromEntries(this.names.map((name) => [name, undefined]));
    return new Proxy(fields, {
      get: (_target, name) =>
        // what every object has is no field, unless it is one
        typeof name === 'string' &&
        (this.names.includes(name) || !(name in Object.prototype || name === 'toJSON'))
          ? this.#lookAt(name)
          : undefined,
      has: (_target, name) => typeof name === 'string' && this.#lookAt(name) !== undefined,
    });
  }

  #lookAt(path: string): object | undefined {
    if (this.#absent.has(path)) return undefined;
    if (!this.#fields.some((field) => field === path || field.startsWith(`${path}.`))) {
      const outer = this.#fields.findIndex((field) => path.startsWith(`${field}.`));
      // to look into a field is to look at what is in it alone
      if (outer === -1) this.#fields.push(path);
      else this.#fields[outer] = path;
    }
    return new Proxy({}, { get: (_target, name) => this.#inside(path, name) });
  }

  #inside(path: string, name: string | symbol): unknown {
    if (name === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? 1 : path);
    if (name === Symbol.iterator) return () => [this.#lookAt(`${path}.*`)].values();
    if (typeof name === 'symbol') return undefined;
    if (name === 'toJSON') return () => path;
    if (name in OF_TEXTS) return member(OF_TEXTS, name, path);
    if (name in OF_LISTS)
      return (...args: unknown[]) => (member(OF_LISTS, name, [this.#lookAt(`${path}.*`)]) as Method)(...args);
    if (OF_OTHERS.some((one) => name in one)) return () => 1;
    return this.#lookAt(`${path}.${name}`);
  }
}

function member(kind: object, name: string, on: unknown): unknown {
  const found: unknown = (kind as Record<string, unknown>)[name];
  // `length` is none, and the only one
  return typeof found === 'function'
    ? (...args: unknown[]) => (found as Method).apply(on, args)
    : (on as string).length;
}
