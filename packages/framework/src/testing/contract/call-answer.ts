import assert from 'node:assert/strict';
import { located } from '../../contracts/schema/located-schema.js';
import type { CalledOperation } from '../../contracts/service-contract.js';
import { toJson } from '../../kernel/exact-json.js';
import { fits } from './example-shape.js';
import { neededExample } from './needed-example.js';

/**
 * An example of what a service reads of an answer: what was chosen, if that is all that is needed, else with the fields that it lacks. Undefined: nothing
 * is read.
 * @throws AssertionError for what no pact can say
 */
export function callAnswer({ client, operation, answer }: CalledOperation, chosen: unknown): unknown {
  const name = `${client}.${operation}`;
  if (answer === undefined) {
    assert.ok(
      chosen === undefined,
      `${name} reads nothing of its answer: leave answer out here, or give the operation returns`,
    );
    return undefined;
  }
  const example = completed(answer, chosen);
  assert.ok(
    example !== null,
    `${name} cannot be promised null: Pact takes such an answer for none. Expect a value here, and test what comes of null with a stand-in`,
  );
  assert.ok(
    typeof example !== 'symbol',
    `no example of what ${name} returns can be made of its schema: choose one with answer`,
  );
  return example;
}

function completed(schema: NonNullable<CalledOperation['answer']>, chosen: unknown): unknown {
  if (chosen === undefined) return neededExample(schema);
  // as it travels: an instant is a text
  const own: unknown = JSON.parse(toJson(chosen));
  if (fits([located(schema)], own)) return own;
  const example = neededExample(schema);
  return isObject(own) && isObject(example) ? { ...example, ...own } : own;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
