import type { Alternative } from './alternatives.js';
import { verdictOn } from './accepts-value.js';
import { type Conjunction, type LocatedSchema, below, located, partOf } from './located-schema.js';
import { type Compare, type Misfit, misfit } from './misfit.js';

const A_NAME = located({ type: 'string' });

/** Objects that are sent against the keywords for objects. */
export function objectMisfits(
  path: string,
  { parts }: Alternative,
  accepted: LocatedSchema,
  compare: Compare,
): Misfit[] {
  const { properties = {}, required = [], additionalProperties, propertyNames } = accepted.schema;
  const sent = new SentObject(parts);
  const found: Misfit[] = [];
  for (const name of required) {
    if (sent.surelyHas(name)) continue;
    const isKnown = sent.field(name) !== undefined;
    const at = below(path, name);
    found.push(
      isKnown
        ? misfit(at, 'maybe missing', 'may be absent', 'be there')
        : misfit(at, 'missing', 'is absent', 'be there'),
    );
  }
  for (const [name, wanted] of Object.entries(properties)) {
    const field = sent.field(name);
    if (field) found.push(...compare(below(path, name), field, partOf(accepted, wanted)));
  }
  // false: fields that nobody accepts are ignored
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    const wanted = partOf(accepted, additionalProperties);
    for (const name of sent.names)
      if (!Object.hasOwn(properties, name))
        found.push(...compare(below(path, name), sent.field(name)!, wanted));
    if (sent.others) found.push(...compare(`${path}/*`, sent.others, wanted));
  }
  if (propertyNames !== undefined) {
    const wanted = partOf(accepted, propertyNames);
    for (const name of sent.names)
      if (verdictOn(wanted, name) !== true)
        found.push(misfit(below(path, name), 'values', 'has a name of its own', 'have one that is taken'));
    if (sent.others && compare(path, sent.otherNames, wanted).length > 0)
      found.push(misfit(path, 'values', 'may have fields of any name', 'have fields whose names are taken'));
  }
  return found;
}

/** An object that is sent. It has the fields that its schemas name; others only if a schema says so, or if none names a field. */
class SentObject {
  readonly names: ReadonlySet<string>;
  /** What fields without a name of their own are; undefined: there are none. */
  readonly others: Conjunction | undefined;

  constructor(private readonly parts: Conjunction) {
    const names = parts.flatMap(({ schema }) => Object.keys(schema.properties ?? {}));
    this.names = new Set(names.filter((name) => this.#mayBeCalled(name)));
    const extras = parts.filter(({ schema }) => 'additionalProperties' in schema);
    const isOpen = parts.some(({ schema }) => 'patternProperties' in schema);
    if (extras.some(({ schema }) => schema['additionalProperties'] === false) && !isOpen) return;
    const isNamed = parts.some(({ schema }) => schema.properties !== undefined);
    if (isOpen) this.others = [];
    else if (extras.length > 0)
      this.others = extras.map((part) => partOf(part, part.schema['additionalProperties']));
    else if (!isNamed) this.others = [];
  }

  #mayBeCalled(name: string): boolean {
    return this.#nameRules.every((rule) => verdictOn(rule, name) !== false);
  }

  get otherNames(): Conjunction {
    return [A_NAME, ...this.#nameRules];
  }

  get #nameRules(): Conjunction {
    const named = this.parts.filter(({ schema }) => 'propertyNames' in schema);
    return named.map((part) => partOf(part, part.schema['propertyNames']));
  }

  surelyHas(name: string): boolean {
    return this.parts.some(({ schema }) => schema.required?.includes(name));
  }

  /** What a field is; undefined: it is never there. */
  field(name: string): Conjunction | undefined {
    if (!this.#mayBeCalled(name)) return undefined;
    if (!this.names.has(name)) return this.surelyHas(name) ? (this.others ?? []) : this.others;
    return this.parts.flatMap((part) => {
      const { properties = {}, additionalProperties } = part.schema;
      if (Object.hasOwn(properties, name)) return [partOf(part, properties[name])];
      // a field that another part names is one of the others here
      return typeof additionalProperties === 'object' ? [partOf(part, additionalProperties)] : [];
    });
  }
}
