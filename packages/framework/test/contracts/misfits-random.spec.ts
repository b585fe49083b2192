import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { exampleOf } from '../../src/contracts/example.js';
import { misfits } from '../../src/contracts/misfits.js';
import type { JsonSchema } from '../../src/model/json-schema.js';
import { seededRandom } from '../../src/testing/seeded-random.js';
import { RandomSchemas } from './random-schemas.js';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const PAIRS = 400;
const VALUES = 25;

describe('misfits, with a validator as the judge,', () => {
  it('are none only where each value that fits what is sent fits what is accepted', () => {
    const random = seededRandom(6);
    const schemas = new RandomSchemas(random);
    const seen = { fits: 0, checked: 0, refused: 0 };
    const wrong: unknown[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const sent = schemas.schema();
      let accepted = random() < 0.9 ? schemas.changed(sent) : schemas.schema();
      if (random() < 0.3) accepted = schemas.changed(accepted);
      const isSent = validatorOf(sent);
      const isAccepted = validatorOf(accepted);
      const found = misfits(sent, accepted);
      const values = Array.from({ length: VALUES }, () => schemas.value(sent)).filter((one) => isSent(one));
      const refused = values.filter((value) => !isAccepted(value));
      if (found.length === 0) {
        seen.fits++;
        seen.checked += values.length;
        if (refused.length > 0) wrong.push({ sent, accepted, refused });
      } else if (refused.length > 0) seen.refused++;
    }
    expect(wrong).toEqual([]);
    // it is a test only if it saw much of both
    expect(seen.fits).toBeGreaterThan(PAIRS / 10);
    expect(seen.checked).toBeGreaterThan(PAIRS);
    expect(seen.refused).toBeGreaterThan(PAIRS / 10);
  });

  it('are none between a schema and itself', () => {
    const schemas = new RandomSchemas(seededRandom(1));
    const wrong: unknown[] = [];
    for (let count = 0; count < 300; count++) {
      const schema = schemas.schema();
      // of kinds that overlap nobody can tell which one is meant, and what asks for both of two may have no value at all
      if (/oneOf|allOf/.test(JSON.stringify(schema))) continue;
      const found = misfits(schema, structuredClone(schema));
      if (found.length > 0) wrong.push({ schema, found });
    }
    expect(wrong).toEqual([]);
  });
});

describe('exampleOf, with a validator as the judge,', () => {
  it('makes what fits', () => {
    const schemas = new RandomSchemas(seededRandom(2));
    let judged = 0;
    const wrong: unknown[] = [];
    for (let count = 0; count < 600; count++) {
      const schema = schemas.schema();
      // of kinds that overlap it would have to find one that no other kind takes, of two patterns what fits both
      if (/oneOf|allOf/.test(JSON.stringify(schema))) continue;
      const isValid = validatorOf(schema);
      // of some there is no value at all
      if (!Array.from({ length: VALUES }, () => schemas.value(schema)).some((one) => isValid(one))) continue;
      judged++;
      const example = exampleOf(schema);
      if (!isValid(example)) wrong.push({ schema, example });
    }
    expect(wrong).toEqual([]);
    expect(judged).toBeGreaterThan(200);
  });
});

function validatorOf(schema: JsonSchema): (value: unknown) => boolean {
  const validate = ajv.compile(schema);
  return (value) => validate(value);
}
