import { type Alternative, alternativesOf } from './alternatives.js';
import { isDisjoint } from './is-disjoint.js';
import { verdictOn } from './accepts-value.js';
import {
  type JsonType,
  ALL_TYPES,
  isSameJson,
  isWithin,
  namedTypes,
  namedValues,
  valuesInWords,
} from './json-type.js';
import { listMisfits } from './list-misfits.js';
import {
  type Conjunction,
  type LocatedSchema,
  followed,
  isNothing,
  located,
  partOf,
  referredBy,
} from './located-schema.js';
import { type Misfit, misfit } from './misfit.js';
import { numberMisfits } from './number-misfits.js';
import { objectMisfits } from './object-misfits.js';
import { schemaInWords, typeMisfit } from './schema-words.js';
import { textMisfits } from './text-misfits.js';
import { UNJUDGED } from './unjudged-keywords.js';

/** What two schemas may cost: schemas that refer to each other in unions could be compared for ever. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 100;

/** Whether two schemas are the same text; what they refer to could be something else. */
function isTheSame({ schema: one }: LocatedSchema, { schema: other }: LocatedSchema): boolean {
  return isSameJson(one, other) && !JSON.stringify(one).includes('"$ref"');
}

/** Compares two schemas, once. */
export class SchemaComparison {
  readonly #numbers = new WeakMap<object, number>();
  /** What is being compared further up. Where it comes again inside of itself, it fits if the rest does. */
  readonly #running = new Set<string>();
  #lastNumber = 0;
  #steps = 0;
  #depth = 0;

  readonly compare = (path: string, sentParts: Conjunction, acceptedPart: LocatedSchema): Misfit[] => {
    const sent = sentParts.map(followed);
    const accepted = followed(acceptedPart);
    if (sent.length === 1 && isTheSame(sent[0]!, accepted)) return [];
    const pair = this.#pairOf(sent, accepted);
    if (this.#running.has(pair)) return [];
    this.#running.add(pair);
    try {
      return this.#compared(path, alternativesOf(sent), accepted);
    } finally {
      this.#running.delete(pair);
    }
  };

  #compared(path: string, sent: readonly Alternative[], accepted: LocatedSchema): Misfit[] {
    const types = new Set(sent.map(({ type }) => type));
    const isAnything = ALL_TYPES.every((type) => types.has(type));
    const found = sent.flatMap((one) => this.#alternative(path, one, accepted, types.size === 1));
    if (isAnything && found.some((one) => one.path === path && one.kind === 'type'))
      return [misfit(path, 'type', 'may be anything', `be ${schemaInWords(accepted)}`)];
    return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  }

  #alternative(path: string, sent: Alternative, accepted: LocatedSchema, isOnly: boolean): Misfit[] {
    if (++this.#steps > MAX_STEPS || this.#depth > MAX_DEPTH)
      return [misfit(path, 'values', 'may not fit, for the schemas are too large to tell', 'fit')];
    this.#depth++;
    try {
      return this.#judged(path, sent, accepted, isOnly);
    } finally {
      this.#depth--;
    }
  }

  #judged(path: string, sent: Alternative, accepted: LocatedSchema, isOnly: boolean): Misfit[] {
    if (sent.values) return valueMisfits(path, sent.values, sent.type, accepted, isOnly);
    const { schema } = accepted;
    if (isNothing(accepted)) return [misfit(path, 'type', 'is there', 'never be')];
    const types = namedTypes(schema) ?? namedValues(schema)?.map(() => sent.type);
    if (types && !types.some((type) => isWithin(sent.type, type)))
      return [typeMisfit(path, sent.type, accepted, isOnly)];
    const found: Misfit[] = [];
    const values = namedValues(schema);
    if (values)
      found.push(
        misfit(
          path,
          'values',
          `may be any ${sent.type === 'string' ? 'text' : 'value'}`,
          `be ${valuesInWords(values)}`,
        ),
      );
    else found.push(...this.#byKeywords(path, sent, accepted));
    found.push(...this.#combined(path, sent, accepted, isOnly));
    return found;
  }

  #byKeywords(path: string, sent: Alternative, accepted: LocatedSchema): Misfit[] {
    const unjudged = UNJUDGED.filter(
      (keyword) =>
        keyword in accepted.schema &&
        !sent.parts.some(({ schema }) => isSameJson(schema[keyword], accepted.schema[keyword])),
    );
    return [
      ...unjudged.map((keyword) => misfit(path, 'values', `may not fit what ${keyword} asks for`, 'fit')),
      ...this.#ofType(path, sent, accepted),
    ];
  }

  #ofType(path: string, sent: Alternative, accepted: LocatedSchema): Misfit[] {
    switch (sent.type) {
      case 'string':
        return textMisfits(path, sent, accepted.schema);
      case 'number':
      case 'integer':
        return numberMisfits(path, sent, accepted.schema);
      case 'array':
        return listMisfits(path, sent, accepted, this.compare);
      case 'object':
        return objectMisfits(path, sent, accepted, this.compare);
      default:
        return [];
    }
  }

  /** Against what `$ref`, `allOf`, `anyOf` and `oneOf` add. */
  #combined(path: string, sent: Alternative, accepted: LocatedSchema, isOnly: boolean): Misfit[] {
    const { $ref, allOf, anyOf, oneOf } = accepted.schema;
    const found: Misfit[] = [];
    if (typeof $ref === 'string')
      found.push(...this.#alternative(path, sent, referredBy(accepted, $ref), isOnly));
    if (Array.isArray(allOf))
      found.push(...allOf.flatMap((one) => this.#alternative(path, sent, partOf(accepted, one), isOnly)));
    if (Array.isArray(anyOf)) found.push(...this.#union(path, sent, accepted, anyOf, isOnly));
    if (Array.isArray(oneOf)) {
      found.push(...this.#union(path, sent, accepted, oneOf, isOnly));
      const isSame = sent.parts.some(({ schema }) => isSameJson(schema['oneOf'], oneOf));
      const possible = oneOf.filter((one) => !isDisjoint(sent, partOf(accepted, one)));
      if (found.length === 0 && !isSame && possible.length > 1)
        found.push(misfit(path, 'values', 'may be of several kinds', 'be of one alone'));
    }
    return found;
  }

  #union(
    path: string,
    sent: Alternative,
    accepted: LocatedSchema,
    members: readonly unknown[],
    isOnly: boolean,
  ): Misfit[] {
    const tried = members.map((one) => this.#alternative(path, sent, partOf(accepted, one), isOnly));
    if (tried.some((found) => found.length === 0)) return [];
    // the member that it comes nearest to tells the most
    const near = tried.filter((found) => found.every((one) => one.path !== path || one.kind !== 'type'));
    if (near.length === 0) return [typeMisfit(path, sent.type, accepted, isOnly)];
    return near.reduce((one, other) => (other.length < one.length ? other : one));
  }

  #pairOf(sent: Conjunction, accepted: LocatedSchema): string {
    const numbers = sent.map(({ schema }) => this.#numberOf(schema)).toSorted((one, other) => one - other);
    return `${[...new Set(numbers)].join(',')}>${this.#numberOf(accepted.schema)}`;
  }

  #numberOf(schema: object): number {
    let number = this.#numbers.get(schema);
    if (number === undefined) this.#numbers.set(schema, (number = ++this.#lastNumber));
    return number;
  }
}

/** Values that are counted: each is looked at by itself. */
function valueMisfits(
  path: string,
  values: readonly unknown[],
  type: JsonType,
  accepted: LocatedSchema,
  isOnly: boolean,
): Misfit[] {
  const refused = values.filter((value) => verdictOn(accepted, value) !== true);
  if (refused.length === 0) return [];
  const wanted = schemaInWords(accepted);
  if (type === 'null' || !mayTake(accepted, type)) return [typeMisfit(path, type, accepted, isOnly)];
  const is = `${refused.length === values.length && isOnly ? 'is' : 'may be'} ${valuesInWords(refused)}`;
  const isNamed = namedValues(accepted.schema) !== undefined;
  return [misfit(path, 'values', is, isNamed ? `be ${wanted}` : 'be one that is taken')];
}

function mayTake(accepted: LocatedSchema, type: JsonType): boolean {
  return !isDisjoint({ type, parts: [located({ type })], values: undefined }, accepted);
}
