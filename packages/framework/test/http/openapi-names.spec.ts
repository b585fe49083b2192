import { expect, it } from 'vitest';
import { z } from 'zod';
import { openApiOf } from '../../src/http/openapi/openapi-document.js';
import { Resource } from '../../src/http/resource/resource.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { Command } from '../../src/model/command.js';
import { Undo } from '../../src/model/undo.js';
import { CollectionDeclaration } from '../../src/runtime/collection-declaration.js';

const body = (field: string) => ({ body: z.object({ [field]: z.string() }) });

/** Each of its commands is called like another operation, or like another command, in some way. */
@Aggregate({ collection: 'orders', finders: { findByOf: ['of'] } })
class Order extends AggregateRoot(z.object({ of: z.string() })) {
  @Command('PUT', 'update', body('verb')) one() {}
  @Command('POST', 'get') two() {}
  @Command('POST', 'take-back') three() {}
  @Command('PUT', 'hold', body('put')) four() {}
  @Command('POST', 'hold', body('post')) five() {}
  @Command('PUT', 'hold-put', body('alone')) six() {}
  @Command('POST', 'a-b', body('hyphen')) seven() {}
  @Command('POST', 'a--b', body('hyphens')) eight() {}
  @Command('POST', 'a/b', body('slash')) nine() {}
  @Command('POST', 'cancel', body('plain')) ten() {}
  @Undo() undo() {}
}

/** The same class of commands, declared in another order. */
@Aggregate({ collection: 'orders', finders: { findByOf: ['of'] } })
class Turned extends AggregateRoot(z.object({ of: z.string() })) {
  @Command('POST', 'cancel', body('plain')) ten() {}
  @Command('POST', 'a/b', body('slash')) nine() {}
  @Command('POST', 'a--b', body('hyphens')) eight() {}
  @Command('POST', 'a-b', body('hyphen')) seven() {}
  @Command('PUT', 'hold-put', body('alone')) six() {}
  @Command('POST', 'hold', body('post')) five() {}
  @Command('PUT', 'hold', body('put')) four() {}
  @Command('POST', 'take-back') three() {}
  @Command('POST', 'get') two() {}
  @Command('PUT', 'update', body('verb')) one() {}
  @Undo() undo() {}
}
Object.defineProperty(Turned, 'name', { value: 'Order' });

function apiOf(aggregate: typeof Order | typeof Turned): any {
  const resource = new Resource(new CollectionDeclaration('aggregate', aggregate));
  return openApiOf([resource], { title: 'shop', version: '1' });
}

function operationsOf(api: any): any[] {
  const parts = Object.values<any>(api.paths).flatMap((item) => Object.values<any>(item));
  return parts.filter(({ operationId }) => operationId !== undefined);
}

it('gives each operation an id of its own, whatever commands are called', () => {
  const ids = operationsOf(apiOf(Order)).map(({ operationId }) => operationId);
  expect(ids).toHaveLength(18);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['update-order', 'update-put-order', 'cancel-order']));
});

it('gives the body of each command a schema of its own', () => {
  const { paths, components } = apiOf(Order);
  const fieldOf = (method: string, command: string) => {
    const { $ref } = paths[`/orders/{id}/${command}`][method].requestBody.content['application/json'].schema;
    return Object.keys(components.schemas[$ref.split('/').at(-1)].properties);
  };
  expect([
    fieldOf('put', 'update'),
    fieldOf('put', 'hold'),
    fieldOf('post', 'hold'),
    fieldOf('put', 'hold-put'),
    fieldOf('post', 'a-b'),
    fieldOf('post', 'a--b'),
    fieldOf('post', 'a/b'),
    fieldOf('post', 'cancel'),
  ]).toEqual([['verb'], ['put'], ['post'], ['alone'], ['hyphen'], ['hyphens'], ['slash'], ['plain']]);
});

it('calls operations the same in whatever order commands are declared', () => {
  const named = (api: any) =>
    Object.entries<any>(api.paths).flatMap(([path, item]) =>
      Object.entries<any>(item).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    );
  expect(named(apiOf(Turned)).toSorted()).toEqual(named(apiOf(Order)).toSorted());
});
