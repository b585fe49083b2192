import type { CommandNote } from '../../model/command.js';
import { Finder } from '../resource/finder.js';
import { JSON_PATCH, JSON_TYPE, MERGE_PATCH } from '../resource/media-types.js';
import { undoOf } from '../../model/undo.js';
import { commandPath } from '../resource/command-routes.js';
import { undoPath } from '../resource/undo-route.js';
import type { DeclaredResource } from '../resource/resource.js';
import { commandInput, commandOperationId } from './command-names.js';
import { schemaRef } from './components.js';
import { jsonSchemaOf } from '../../model/json-schema.js';
import {
  bodyOf,
  idempotencyKey,
  ifMatch,
  pagingParameters,
  pathId,
  pathKey,
  problems,
  responseOf,
} from './operation-parts.js';

type PathItem = Record<string, object>;

/** The paths of one collection with their operations. */
export function collectionPaths(resource: DeclaredResource): Record<string, PathItem> {
  const { path, collection } = resource;
  const paths: Record<string, PathItem> = {
    [path]: { get: listOperation(resource) },
    [`${path}/{id}`]: { parameters: [pathId], get: getOperation(resource) },
  };
  for (const name of resource.finders) {
    const finder = new Finder(resource, name);
    paths[finder.path] = { get: finderOperation(resource, finder) };
  }
  if (collection.kind === 'view') return paths;
  paths[path]!['post'] = createOperation(resource);
  Object.assign(paths[`${path}/{id}`]!, itemWrites(resource));
  if (undoOf(collection.entityClass) !== undefined)
    paths[undoPath(resource)] = { parameters: [pathKey], delete: undoOperation(resource) };
  for (const command of collection.commands) {
    const item = (paths[commandPath(resource, command)] ??= { parameters: [pathId] });
    item[command.httpMethod.toLowerCase()] = commandOperation(resource, command);
  }
  return paths;
}

function listOperation({ collection, itemName }: DeclaredResource): object {
  return {
    operationId: `list-${collection.name}`,
    tags: [collection.name],
    parameters: pagingParameters,
    responses: { 200: responseOf('one page', schemaRef(`${itemName}Page`)), ...problems(400, 406) },
  };
}

function getOperation({ collection, itemName, rel }: DeclaredResource): object {
  return {
    operationId: `get-${rel}`,
    tags: [collection.name],
    responses: {
      200: item(itemName),
      304: { description: 'the client has this version' },
      ...problems(404, 406),
    },
  };
}

function finderOperation({ collection, itemName }: DeclaredResource, finder: Finder): object {
  const { properties = {} } = jsonSchemaOf(finder.schema, 'input');
  const own = finder.parameters.map((name) => ({
    name,
    in: 'query',
    required: true,
    schema: properties[name],
  }));
  return {
    operationId: `${finder.name}-${collection.name}`,
    tags: [collection.name],
    parameters: [...own, ...pagingParameters],
    responses: { 200: responseOf('one page', schemaRef(`${itemName}Page`)), ...problems(400, 406) },
  };
}

function createOperation({ collection, itemName, rel }: DeclaredResource): object {
  return {
    operationId: `create-${rel}`,
    tags: [collection.name],
    parameters: [idempotencyKey],
    requestBody: bodyOf(schemaRef(`${itemName}Input`), [JSON_TYPE]),
    responses: { 201: item(itemName), ...problems(400, 409, 413, 415, 422, 503) },
  };
}

function itemWrites({ collection, itemName, rel }: DeclaredResource): PathItem {
  const tags = [collection.name];
  const parameters = [ifMatch, idempotencyKey];
  const responses = { 200: item(itemName), 204: done, ...problems(400, 404, 409, 412, 413, 415, 422, 503) };
  const patch = bodyOf(schemaRef(`${itemName}Patch`), [JSON_TYPE, MERGE_PATCH]);
  const operations = { schema: { type: 'array', items: { type: 'object' } } };
  return {
    put: {
      operationId: `update-${rel}`,
      tags,
      parameters,
      requestBody: bodyOf(schemaRef(`${itemName}Input`), [JSON_TYPE]),
      responses,
    },
    patch: {
      operationId: `patch-${rel}`,
      tags,
      parameters,
      requestBody: { ...patch, content: { ...patch.content, [JSON_PATCH]: operations } },
      responses,
    },
    delete: {
      operationId: `delete-${rel}`,
      tags,
      parameters,
      responses: { 204: done, ...problems(400, 404, 409, 412, 422, 503) },
    },
  };
}

function commandOperation(resource: DeclaredResource, command: CommandNote): object {
  const { collection, itemName } = resource;
  return {
    operationId: commandOperationId(resource, command),
    tags: [collection.name],
    parameters: [ifMatch, idempotencyKey],
    ...(command.body && { requestBody: bodyOf(schemaRef(commandInput(resource, command)), [JSON_TYPE]) }),
    responses: { 200: item(itemName), 204: done, ...problems(400, 404, 409, 412, 422, 503) },
  };
}

function undoOperation({ collection, rel }: DeclaredResource): object {
  return {
    operationId: `take-back-${rel}`,
    tags: [collection.name],
    description: `Takes back the request that made the ${rel}; before it has come, it never happens.`,
    responses: { 204: { description: 'it is taken back' }, ...problems(400, 409, 422, 503) },
  };
}

const done = { description: 'done; the client sent no Accept' };
const item = (itemName: string) => responseOf(itemName, schemaRef(itemName));
