import { ConfigurationError } from '../../kernel/errors/start-errors.js';

export type Plain = Readonly<Record<string, unknown>>;

/** So many references in a row are a circle. */
const MAX_REFERENCES = 50;

/** A document of a service that is not among the modules, as somebody wrote it: nothing in it is what it should be until it was looked at. */
export class ForeignDocument {
  readonly root: Plain;

  /**
   * @param kind what it should be: `OpenAPI 3`
   * @param file for whoever has to mend it
   * @throws ConfigurationError when it is no object
   */
  constructor(
    content: unknown,
    private readonly kind: string,
    private readonly file: string,
  ) {
    if (!isPlain(content)) throw this.fault('it is no JSON object');
    this.root = content;
  }

  /** An object, or what its `$ref` leads to. Nothing: an empty one. @throws ConfigurationError for anything else */
  object(value: unknown, place: string): Plain {
    let at: unknown = value ?? {};
    for (let steps = 0; isPlain(at) && typeof at['$ref'] === 'string'; steps++) {
      if (steps > MAX_REFERENCES) throw this.fault(`${place} leads in a circle`);
      at = this.#target(at['$ref'], place);
    }
    if (!isPlain(at)) throw this.fault(`${place} is no object`);
    return at;
  }

  /** @throws ConfigurationError when it is no list */
  list(value: unknown, place: string): readonly unknown[] {
    const list = value ?? [];
    if (!Array.isArray(list)) throw this.fault(`${place} is no list`);
    return list;
  }

  fault(why: string): ConfigurationError {
    return new ConfigurationError(
      `${this.file} is no ${this.kind} document: ${why}`,
      'Write it anew, or take it away: what cannot be checked is a note then.',
    );
  }

  #target(ref: string, place: string): unknown {
    if (!ref.startsWith('#/')) throw this.fault(`${place} refers to ${ref}, which is not in the document`);
    let at: unknown = this.root;
    for (const step of ref.slice(2).split('/')) {
      const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
      at = isPlain(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }
    if (at === undefined) throw this.fault(`${place} refers to ${ref}, which is not there`);
    return at;
  }
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A step may be written as in an address. One that only looks so is meant as it stands. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
