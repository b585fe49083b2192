import { verdictOn } from '../../contracts/schema/accepts-value.js';
import { type Alternative, alternativesOf } from '../../contracts/schema/alternatives.js';
import { isSameJson, isWithin, typeOfValue } from '../../contracts/schema/json-type.js';
import { type Conjunction, type LocatedSchema, partOf } from '../../contracts/schema/located-schema.js';
import type { ListKeywords } from '../../contracts/schema/value-keywords.js';

/** The alternative that an example is meant by: the first that takes it. Undefined: there is none. */
export function shapeOf(parts: Conjunction, example: unknown): Alternative | undefined {
  const ofType = alternativesOf(parts).filter((one) => isOfType(one, example));
  if (ofType.length === 1) return ofType[0];
  const taking = ofType.filter((one) => takes(one, example));
  // where any text will do as well as 'A', it is not meant to be 'A'
  return taking.find(({ values }) => values === undefined) ?? taking[0];
}

/** Whether a schema takes an example, with all that is in it. What cannot be told is taken. */
export function fits(parts: Conjunction, example: unknown): boolean {
  return alternativesOf(parts).some((one) => isOfType(one, example) && takes(one, example));
}

/** What holds for a field of objects that all of `parts` hold for. */
export function fieldIn(parts: Conjunction, name: string): Conjunction {
  return parts.flatMap((part) => {
    const { properties = {}, additionalProperties } = part.schema;
    return partIn(part, Object.hasOwn(properties, name) ? properties[name] : additionalProperties);
  });
}

/** What holds for an item of lists that all of `parts` hold for. */
export function itemIn(parts: Conjunction, place: number): Conjunction {
  return parts.flatMap((part) => {
    const { prefixItems = [], items } = part.schema as ListKeywords;
    return partIn(part, prefixItems[place] ?? items);
  });
}

function partIn(whole: LocatedSchema, part: unknown): LocatedSchema[] {
  return part === undefined ? [] : [partOf(whole, part)];
}

function isOfType({ type }: Alternative, example: unknown): boolean {
  return isWithin(typeOfValue(example), type);
}

function takes({ parts, values }: Alternative, example: unknown): boolean {
  if (values) return values.some((one) => isSameJson(one, example));
  if (parts.some((part) => verdictOn(part, example) === false)) return false;
  if (Array.isArray(example)) {
    const lists = parts.map(({ schema }) => schema as ListKeywords);
    return (
      lists.every(
        ({ minItems = 0, maxItems = Infinity }) => minItems <= example.length && example.length <= maxItems,
      ) && example.every((item, place) => fits(itemIn(parts, place), item))
    );
  }
  if (typeof example !== 'object' || example === null) return true;
  const required = parts.flatMap(({ schema }) => schema.required ?? []);
  return (
    required.every((name) => Object.hasOwn(example, name)) &&
    Object.entries(example).every(([name, value]) => fits(fieldIn(parts, name), value))
  );
}
