import type { Resource } from '../resource/resource.js';

type Descriptor = Readonly<Record<string, unknown>>;

/** What a collection's fields and actions mean, as ALPS (http://alps.io/spec/). */
export function alpsOf(resource: Resource, base: string): object {
  const { collection, rel } = resource;
  const profile = `${base}/profile${resource.path}`;
  const rt = `#${rel}-representation`;
  const fields = collection.fields.map(({ name }) => ({ name, type: 'SEMANTIC' }));
  return {
    alps: {
      version: '1.0',
      descriptor: [
        {
          id: `${rel}-representation`,
          href: profile,
          descriptor: [{ name: 'id', type: 'SEMANTIC' }, ...fields],
        },
        { id: `get-${collection.name}`, name: collection.name, type: 'SAFE', descriptor: paging, rt },
        { id: `get-${rel}`, name: rel, type: 'SAFE', rt },
        ...(collection.kind === 'aggregate' ? writesOf(resource, rt) : []),
        ...findersOf(resource, rt),
      ],
    },
  };
}

const paging: readonly Descriptor[] = [
  ['page', 'The page to return, from 0.'],
  ['size', 'The size of the page to return.'],
  ['sort', 'The fields to sort by: field,(asc|desc). May be repeated.'],
].map(([name, text]) => ({ name, type: 'SEMANTIC', doc: { format: 'TEXT', value: text } }));

function writesOf({ collection, rel }: Resource, rt: string): Descriptor[] {
  const commands = collection.commands.map(({ path, httpMethod }) => {
    return { id: `${path}-${rel}`, name: path, type: httpMethod === 'POST' ? 'UNSAFE' : 'IDEMPOTENT', rt };
  });
  return [
    { id: `create-${collection.name}`, name: collection.name, type: 'UNSAFE', rt },
    { id: `update-${rel}`, name: rel, type: 'IDEMPOTENT', rt },
    { id: `patch-${rel}`, name: rel, type: 'UNSAFE', rt },
    { id: `delete-${rel}`, name: rel, type: 'IDEMPOTENT', rt },
    ...commands,
  ];
}

function findersOf({ collection }: Resource, rt: string): Descriptor[] {
  return Object.entries(collection.note.finders).map(([name, fields]) => {
    return {
      name,
      type: 'SAFE',
      descriptor: [...fields.map((field) => ({ name: field, type: 'SEMANTIC' })), ...paging],
      rt,
    };
  });
}
