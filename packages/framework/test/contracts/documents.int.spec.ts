import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractOf } from '../../src/contracts/contract-of.js';
import { documentsOf } from '../../src/contracts/documents/documents-of.js';
import { wireName } from '../../src/model/wire-name.js';
import type { TestService, WireEvent } from '../../src/testing/index.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { bakery, counter, guest } from './bakery.js';

const documents = new Map(
  documentsOf([bakery, guest, counter].map(contractOf)).map(({ path, text }) => [path, text]),
);
const parsed = (path: string) => JSON.parse(documents.get(path)!);
const pathsOf = (ending: string) => [...documents.keys()].filter((path) => path.endsWith(ending));

let service: TestService;
let records: readonly WireEvent[];
beforeAll(async () => {
  service = await startTestService(bakery);
  const layers = [{ of: 'sponge', inside: [{ of: 'jam', inside: [] }] }];
  const cake = { name: 'crumbs', layers, labels: { de: 'Torte' }, serial: '9007199254740993' };
  expect((await service.request('POST', '/cakes', cake)).status).toBe(201);
  records = await service.wire();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Accepts what fits a schema; says why something does not. */
function faultsOf(ajv: Ajv, schema: object, value: unknown): unknown {
  const accepts = ajv.compile(schema);
  return accepts(value) ? undefined : accepts.errors;
}

describe('the schema of an event', () => {
  // in strict mode: no keyword that a validator would not know
  const ajv = () => formats.default(new Ajv2020({ strict: true, strictTuples: false }));

  it.each(pathsOf('.schema.json'))('%s accepts the record that travels, and no other event', (path) => {
    const schema = parsed(path);
    const [record, ...more] = records.filter(({ json }) => json['eventType'] === schema.title);
    expect(more).toEqual([]);
    expect(faultsOf(ajv(), schema, record!.json)).toBeUndefined();
    for (const name of schema.required) {
      const { [name]: _, ...without } = record!.json;
      expect([name, faultsOf(ajv(), schema, without)]).not.toEqual([name, undefined]);
    }
    const [other] = records.filter(({ json }) => json['eventType'] !== schema.title);
    expect(faultsOf(ajv(), schema, other!.json)).toBeDefined();
  });
});

describe('the AsyncAPI document', () => {
  it.each(pathsOf('.asyncapi.json'))('%s is one, says its official parser', async (path) => {
    const { document, diagnostics } = await new Parser().parse(documents.get(path)!);
    // information and hints; 0 is an error, 1 a warning
    const harmless = [2, 3];
    expect(diagnostics.filter(({ severity }) => !harmless.includes(severity))).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
  });

  it('accepts the headers, the key and the value of what the service sends', () => {
    const { components } = parsed('events/bakery.asyncapi.json');
    expect(new Set(records.map(({ headers }) => headers['ce_type']))).toEqual(
      new Set(['CakeBaked', wireName('CakeBaked', 2), 'cake/eaten *']),
    );
    for (const record of records) {
      const [id, message] = Object.entries<any>(components.messages).find(
        ([, { name }]) => name === record.headers['ce_type'],
      )!;
      const ajv = formats.default(new Ajv({ strict: false }));
      // references start at the document
      const at = (part: string) => ({ components, $ref: `#/components/messages/${id}/${part}` });
      expect(faultsOf(ajv, at('headers'), record.headers)).toBeUndefined();
      expect(faultsOf(ajv, at('payload'), record.json)).toBeUndefined();
      // one that the document does not know would pass as well
      expect(Object.keys(message.headers.properties)).toEqual(
        expect.arrayContaining(Object.keys(record.headers)),
      );
      expect(faultsOf(ajv, message.bindings.kafka.key, record.key)).toBeUndefined();
      for (const name of Object.keys(record.headers).filter((one) => one !== 'ce_causationid')) {
        const { [name]: _, ...without } = record.headers;
        expect([name, faultsOf(ajv, at('headers'), without)]).not.toEqual([name, undefined]);
      }
      expect(faultsOf(ajv, at('payload'), { ...record.json, id: 'one' })).toBeDefined();
    }
  });

  it('judges each place of a tuple, as the drafts before 2020-12 write it', () => {
    const { payload } = parsed('events/bakery.asyncapi.json').components.messages[wireName('CakeBaked', 2)];
    const { size } = payload.properties;
    const accepts = new Ajv({ strict: false }).compile(size);
    expect(
      [
        [20, 8],
        [20, 'high'],
        [20, 8, 1],
      ].map((one) => accepts(one)),
    ).toEqual([true, false, false]);
  });
});

describe('the OpenAPI document', () => {
  it.each(pathsOf('.openapi.json'))('%s is one, says its official schema', async (path) => {
    const validator = new Validator();
    expect(await validator.validate(parsed(path))).toEqual({ valid: true });
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it('gives each operation a name of its own, where two commands share a path too', () => {
    const names = [...documents.get('http/bakery.openapi.json')!.matchAll(/"operationId": "([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(expect.arrayContaining(['layers-post-cake', 'layers-put-cake']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('is the one that the service serves, but for the URL', async () => {
    const { servers, ...served } = (await service.request('GET', '/v3/api-docs')).body as any;
    expect(servers).toEqual([{ url: service.url }]);
    expect(parsed('http/bakery.openapi.json')).toEqual(served);
  });

  it('accepts what the service answers', async () => {
    const document = parsed('http/bakery.openapi.json');
    const ajv = formats.default(new Ajv2020({ strict: false }));
    const answer = (await service.request('GET', '/cakes/1')).body;
    expect(faultsOf(ajv, { ...document, $ref: '#/components/schemas/Cake' }, answer)).toBeUndefined();
    const torn = { ...(answer as object), layers: [{ of: 'sponge', inside: ['jam'] }] };
    expect(faultsOf(ajv, { ...document, $ref: '#/components/schemas/Cake' }, torn)).toBeDefined();
  });

  it('shows no default that is another one each time', () => {
    const { properties } = parsed('http/bakery.openapi.json').components.schemas.CakeInput;
    expect(properties.bakedAt).not.toHaveProperty('default');
    expect(properties.code).not.toHaveProperty('default');
    expect(properties.size).toHaveProperty('default', [20, 8]);
  });
});
