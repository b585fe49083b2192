import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contractOf } from '../../src/contracts/contract-of.js';
import { asyncApiOf } from '../../src/contracts/documents/asyncapi-document.js';
import { documentsOf } from '../../src/contracts/documents/documents-of.js';
import { eventSchema } from '../../src/contracts/documents/event-schema.js';
import { servicesOnMap } from '../../src/contracts/documents/context-map.js';
import { schemaFields } from '../../src/contracts/documents/fields-read.js';
import { leftOver } from '../../src/contracts/documents/left-over.js';
import { componentsOf } from '../../src/contracts/wiring/components-of.js';
import type { PactFile } from '../../src/contracts/pact-file.js';
import type { ServiceContract } from '../../src/contracts/service-contract.js';
import { jsonSchemaOf } from '../../src/model/json-schema.js';
import { bakery, brokenRefs, counter, guest } from './bakery.js';
import { until } from '../fixtures/until.js';

const contracts = [bakery, guest, counter].map(contractOf);
const [bakeryContract, guestContract] = contracts as [ServiceContract, ServiceContract];
const documents = new Map(documentsOf(contracts).map(({ path, text }) => [path, text]));

function page(path: string, pacts: readonly PactFile[] = []): string {
  return documentsOf(contracts, pacts).find((one) => one.path === path)!.text;
}

/** The cells of a table's rows in which all these words stand. */
function rowsWith(text: string, ...words: string[]): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && words.every((word) => line.includes(word)))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

describe('the documents', () => {
  it('are one schema for each event in each version, and two documents for each service, and two pages', () => {
    expect([...documents.keys()]).toEqual([
      'events/bakery.asyncapi.json',
      'events/bakery/CakeBaked.schema.json',
      'events/bakery/CakeBaked.v2.schema.json',
      'events/bakery/cake%2Featen%20%2A.schema.json',
      'events/guest.asyncapi.json',
      'http/bakery.openapi.json',
      'http/guest.openapi.json',
      'context-map.md',
      'promises.md',
    ]);
  });

  it('are the same bytes whenever they are made, in whatever order the services come', async () => {
    const again = [counter, guest, bakery].map(contractOf);
    // a default such as the time would be another one by now
    const begun = Date.now();
    await until(Date.now, (now) => now > begun);
    expect(documentsOf(again)).toEqual(documentsOf(contracts));
  });

  it('are the same bytes when the declarations are moved', () => {
    const { openApi } = bakeryContract;
    const turned = <T>(record: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(record).toReversed());
    const moved: ServiceContract = {
      ...bakeryContract,
      publishes: bakeryContract.publishes.toReversed(),
      openApi: {
        ...openApi,
        paths: turned(openApi.paths),
        components: { schemas: turned(openApi.components.schemas) },
      },
    };
    expect(documentsOf([moved])).toEqual(documentsOf([bakeryContract]));
  });

  it('are JSON with two spaces and a line break at the end', () => {
    const text = documents.get('events/bakery/CakeBaked.schema.json')!;
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`);
    expect(text).toMatch(/^\{\n {2}"\$schema": "https:\/\/json-schema.org\/draft\/2020-12\/schema",\n/);
  });

  it('refer to nothing that they do not have, of recursive fields too', () => {
    const json = [...documents].filter(([path]) => path.endsWith('.json'));
    expect(json.map(([path, text]) => [path, brokenRefs(JSON.parse(text))])).toEqual(
      json.map(([path]) => [path, []]),
    );
    const { openApi } = bakeryContract;
    const [inside] = /#\/components\/schemas\/[^"]*\$defs[^"]*/.exec(JSON.stringify(openApi))!;
    expect(componentsOf(openApi)(inside)).toMatchObject({ properties: { of: { type: 'string' } } });
  });
});

describe('the schema of an event', () => {
  it('says what stands around the fields, who publishes it, where, and its key', () => {
    expect(JSON.parse(documents.get('events/bakery/CakeBaked.schema.json')!)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:skanu:event:bakery:CakeBaked',
      title: 'CakeBaked',
      description: "Published by bakery on the topic sweets, with id as the record's key.",
      type: 'object',
      properties: {
        eventType: { const: 'CakeBaked' },
        timestamp: { type: 'string', pattern: '^\\d{14}$', description: expect.any(String) },
        id: expect.objectContaining({ type: 'integer' }),
        title: { type: 'string' },
      },
      required: ['eventType', 'timestamp', 'id', 'title'],
    });
  });

  it('of fields that contain such fields means the fields alone, without what stands around them', () => {
    const tree = z.object({
      id: z.number(),
      get parts() {
        return z.array(tree);
      },
    });
    const event = { eventType: 'Grown', version: 1, topic: 'trees', key: ['id'] };
    const schema = eventSchema('wood', { ...event, schema: jsonSchemaOf(tree, 'output') });
    const accepts = new Ajv2020().compile(schema);
    const around = { eventType: 'Grown', timestamp: '20261122180400' };
    expect(accepts({ ...around, id: 1, parts: [{ id: 2, parts: [] }] })).toBe(true);
    expect(accepts({ ...around, id: 1, parts: [{ id: 2 }] })).toBe(false);
    expect(accepts({ id: 1, parts: [] })).toBe(false);
  });

  it('has what its author says of it, beside its own name and where it is published', () => {
    const named = z.object({ id: z.number() }).meta({ title: 'A cake', description: 'It is warm.' });
    const event = { eventType: 'Baked', version: 2, topic: 'sweets', key: ['id'] };
    const schema = eventSchema('bakery', { ...event, schema: jsonSchemaOf(named, 'output') });
    expect(schema['title']).toBe('Baked.v2');
    expect(schema['description']).toBe(
      "A cake\n\nIt is warm.\n\nPublished by bakery on the topic sweets, with id as the record's key.",
    );
    const file = new Map([...documents, ['events/bakery/Baked.v2.schema.json', JSON.stringify(schema)]]);
    expect(leftOver(file, [...documents.keys()], ['bakery'])).toEqual(['events/bakery/Baked.v2.schema.json']);
  });
});

describe('the AsyncAPI document', () => {
  it('sends what the service publishes, in each version, and receives what it reads', () => {
    expect(Object.keys(asyncApiOf(bakeryContract)['operations'] as object)).toEqual([
      'send.CakeBaked',
      'send.CakeBaked.v2',
      'send.cake_2Featen_20_',
      'receive.MilkCame',
    ]);
    expect(Object.keys(asyncApiOf(guestContract)['operations'] as object)).toEqual([
      'receive.CakeBaked',
      'receive.cake_2Featen_20_',
    ]);
  });

  it('receives each older version that is brought to that of the reader, whatever its fields are', () => {
    const [read, ...rest] = guestContract.reads;
    const upcasting = { ...guestContract, reads: [{ ...read!, version: 3, upcasts: [1, 2] }, ...rest] };
    const { operations, components, channels } = asyncApiOf(upcasting) as any;
    const names = ['CakeBaked', 'CakeBaked.v2', 'CakeBaked.v3'];
    expect(Object.keys(operations).slice(0, 3)).toEqual(names.map((name) => `receive.${name}`));
    expect(Object.keys(channels.sweets.messages)).toEqual(expect.arrayContaining(names));
    const [first, second, own] = names.map((name) => components.messages[name].payload);
    expect(Object.keys(own.properties)).toContain('title');
    for (const [older, name] of [
      [first, 'CakeBaked'],
      [second, 'CakeBaked.v2'],
    ]) {
      const accepts = new Ajv2020().compile(older);
      expect(accepts({ eventType: name, anything: 1 })).toBe(true);
      expect(accepts({ eventType: 'CakeBaked.v3' })).toBe(false);
    }
    expect(operations['receive.CakeBaked.v2'].description).toBe(
      'Read by GuestPolicies.lookForward (policy), brought to version 3 before.',
    );
    expect(operations['receive.CakeBaked.v3'].description).toBe(
      'Read by GuestPolicies.lookForward (policy).',
    );
  });

  it('keeps what is sent apart from what the same service reads of it', () => {
    const { reads } = guestContract;
    const both = { ...bakeryContract, reads };
    const { components, operations } = asyncApiOf(both) as any;
    expect(Object.keys(operations)).toContain('receive.CakeBaked.read');
    expect(components.messages.CakeBaked.headers.required).toContain('ce_id');
    expect(components.messages['CakeBaked.read'].headers.required).toBeUndefined();
  });
});

describe('the context map', () => {
  it('shows who calls whom with what, who reads whose events, and what the gateway lets through', () => {
    const map = page('context-map.md');
    expect(map.split('\n').filter((line) => line.includes('|'))).toEqual([
      '  s_counter ==>|"/cakes"| s_bakery',
      '  s_guest -->|"DELETE /cakes/requests/{key}<br/>POST /cakes"| s_bakery',
      '  s_guest -->|"GET /balances/{id}"| s_bank',
      '  s_bakery -.->|"CakeBaked<br/>cake/eaten *"| s_guest',
      '  s_not_20_here -.->|"MilkCame"| s_bakery',
    ]);
    expect(map).toContain('  s_counter{{"counter"}}\n');
    expect(map).toContain('  s_bank["bank"]:::elsewhere\n');
    expect(map).toContain('- `CakeBaked.v2` of bakery\n');
  });

  it('tells of which services and gateways it was made', () => {
    expect(servicesOnMap(page('context-map.md'))).toEqual(['bakery', 'counter', 'guest']);
    expect(servicesOnMap('# Somebody wrote this')).toEqual([]);
  });

  it('keeps signs that mean something to Mermaid out of its texts', () => {
    const odd = { ...bakeryContract.publishes[0]!, eventType: 'a"b#<c>', version: 1 };
    const read = { ...guestContract.reads[0]!, eventType: 'a"b#<c>' };
    const pair = [
      { ...bakeryContract, publishes: [odd] },
      { ...guestContract, reads: [read] },
    ];
    expect(documentsOf(pair).find(({ path }) => path === 'context-map.md')!.text).toContain(
      '|"a#34;b#35;#60;c#62;"|',
    );
  });
});

describe('the page of promises', () => {
  it('names for each event its version, its readers with their methods, and the fields that they read', () => {
    const text = page('promises.md');
    expect(rowsWith(text, '`CakeBaked`')).toEqual([
      [
        '`CakeBaked`',
        '1',
        '`sweets`',
        '`id`',
        'guest',
        '`GuestPolicies.lookForward`',
        '`id`, `title`',
        'schema',
      ],
      ['`CakeBaked`', '2', '`sweets`', '`id`', 'nobody here', '', '', ''],
    ]);
  });

  it('names for each operation its callers, and the fields that they send and read', () => {
    const text = page('promises.md');
    expect(rowsWith(text, 'POST /cakes')).toEqual([
      ['`POST /cakes`', 'guest', '`BakeryClient.order`', '`name`', '`id`, `price.currency`', 'schema'],
    ]);
    expect(rowsWith(text, 'DELETE /cakes')[0]![2]).toBe('`BakeryClient.order`, undone');
    expect(text).toContain('may call all under `/cakes` (counter).');
  });

  it('says what is asked of those who are not here', () => {
    const text = page('promises.md');
    const [, elsewhere] = text.split('## Events that nobody here publishes');
    expect(rowsWith(elsewhere!, 'MilkCame')[0]).toContain('bakery');
    expect(rowsWith(elsewhere!.split('## bank, which is not here')[1]!, 'GET /balances/{id}')).toHaveLength(
      1,
    );
  });

  it('takes the fields that are read from the pact, where there is one', () => {
    const pact: PactFile = {
      consumer: { name: 'guest' },
      provider: { name: 'bakery' },
      interactions: [
        {
          type: 'Asynchronous/Messages',
          description: 'CakeBaked',
          contents: { content: { eventType: 'CakeBaked', timestamp: '20261122180400', title: 'tart' } },
        },
        {
          type: 'Synchronous/HTTP',
          description: 'a cake',
          request: { method: 'POST', path: '/cakes' },
          response: { status: 201, body: { content: { price: { currency: 'EUR' } } } },
        },
        {
          type: 'Synchronous/HTTP',
          description: 'no cake',
          request: { method: 'POST', path: '/cakes' },
          response: { status: 400, body: { content: { detail: 'none' } } },
        },
      ],
    };
    const text = page('promises.md', [pact, { ...pact, consumer: { name: 'somebody' } }]);
    expect(rowsWith(text, '`CakeBaked`', 'guest')[0]!.slice(-2)).toEqual(['`title`', 'pact']);
    const ofGuest = rowsWith(text, 'POST /cakes', 'guest');
    expect(ofGuest.map((cells) => cells.slice(-2))).toEqual([['`price.currency`', 'pact']]);
  });
});

describe('the page of promises, of those who are no services,', () => {
  it('names what they ask for, from their pacts', () => {
    const request = { method: 'GET', path: '/cakes/1' };
    const response = { status: 200, body: { content: { name: 'tart', _links: {} } } };
    const pact: PactFile = {
      consumer: { name: 'browser' },
      provider: { name: 'counter' },
      interactions: [
        { type: 'Synchronous/HTTP', description: 'a cake', request, response },
        { type: 'Synchronous/HTTP', description: 'no cake', request, response: { status: 404 } },
      ],
    };
    const text = page('promises.md', [pact]);
    const [, ofCounter] = text.split('## counter');
    expect(rowsWith(ofCounter!, 'browser')).toEqual([
      ['`GET /cakes/1`', 'browser', 'a cake; no cake', 'none', '`name`, `_links`', 'pact'],
    ]);
  });
});

describe('the fields of a schema', () => {
  it('are those of lists, records, unions and of what contains itself, as readers like paths', () => {
    const node = z.object({
      of: z.string(),
      get inside() {
        return z.array(node);
      },
    });
    const schema = z.object({
      tree: node,
      prices: z.record(z.string(), z.object({ 'net/gross': z.number() })),
      kind: z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
    });
    expect(schemaFields(jsonSchemaOf(schema, 'input'))).toEqual([
      'tree',
      'tree.of',
      'tree.inside',
      'prices',
      'prices.*.net/gross',
      'kind',
      'kind.a',
      'kind.b',
    ]);
  });
});

describe('what is left over', () => {
  const files = new Map([...documents].filter(([path]) => path.endsWith('.json')));
  const wanted = documentsOf([guestContract]).map(({ path }) => path);

  it('is all that was generated for a service that is gone; that by which it is known comes last', () => {
    expect(leftOver(files, wanted, ['bakery', 'guest'])).toEqual([
      'events/bakery/CakeBaked.schema.json',
      'events/bakery/CakeBaked.v2.schema.json',
      'events/bakery/cake%2Featen%20%2A.schema.json',
      'http/bakery.openapi.json',
      'events/bakery.asyncapi.json',
    ]);
    expect(leftOver(files, [...files.keys()], ['bakery', 'guest'])).toEqual([]);
  });

  it('is nothing of a service that nobody speaks of', () => {
    expect(leftOver(files, wanted, ['guest'])).toEqual([]);
  });

  it('is nothing that came from elsewhere, and nothing that only looks like it', () => {
    const openApi = files.get('http/bakery.openapi.json')!;
    const asyncApi = files.get('events/bakery.asyncapi.json')!;
    const foreign = new Map([
      ['http/bakery.openapi.json', openApi],
      ['events/bakery/Notes.schema.json', '{"$id":"urn:skanu:event:bakery:Other","title":"Other"}'],
      ['events/bakery/list.json', '[1]'],
      ['events/bakery/torn.json', '{'],
    ]);
    expect(leftOver(foreign, [], ['bakery'])).toEqual([]);
    // under another name it is somebody's copy
    const copied = new Map([...foreign, ['events/copy.asyncapi.json', asyncApi]]);
    expect(leftOver(copied, [], ['bakery', 'copy'])).toEqual([]);
  });
});
