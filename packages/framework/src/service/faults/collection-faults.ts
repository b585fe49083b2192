import type { z } from 'zod';
import type { BootFault } from '../../kernel/errors/start-errors.js';
import { type CollectionNote, collectionNote } from '../../model/aggregate.js';
import { commandsOf } from '../../model/command.js';
import type { AnyEntityClass } from '../../model/entity.js';
import { type SchemaField, changesKind, schemaFields } from '../../model/schema-fields.js';
import { duplicates } from './duplicates.js';

const NAME = /^[a-z][A-Za-z0-9]*$/;
/** Paths and tables that belong to the framework. */
const RESERVED = ['actuator', 'profile', 'v3'];

/** What is wrong with one aggregate or read model. */
export function collectionFaults(
  entityClass: AnyEntityClass,
  base: abstract new () => unknown,
  decorator: string,
  parent: string,
): BootFault[] {
  const { name } = entityClass;
  if (!(entityClass.prototype instanceof base))
    return [{ what: `${name} has no schema`, fix: `let it extend ${parent}` }];
  const note = collectionNote.of(entityClass);
  if (!note) return [{ what: `${name} has no collection`, fix: `put ${decorator} on the class` }];
  const fields = schemaFields(entityClass.schema);
  return [
    ...collectionName(name, note),
    ...fieldNames(entityClass, fields),
    ...changedKinds(entityClass),
    ...finderNames(name, note),
    ...searched(name, note, fields),
    ...commandPaths(entityClass),
    ...(parent.startsWith('ReadModel') ? emptyRow(entityClass) : []),
  ];
}

function collectionName(name: string, { collection }: CollectionNote): BootFault[] {
  if (NAME.test(collection) && !RESERVED.includes(collection)) return [];
  return [
    {
      what: `${name} has the collection ${JSON.stringify(collection)}`,
      fix: 'use letters and digits, beginning with a small one, and none of the paths of the framework',
    },
  ];
}

function fieldNames(
  { name, prototype, schema }: AnyEntityClass,
  fields: readonly SchemaField[],
): BootFault[] {
  const taken = fields.filter((field) => field.name in prototype || field.name.startsWith('_'));
  return [
    ...taken.map((field) => ({
      what: `the field ${name}.${field.name} has the name of a member of the class`,
      fix: 'rename the field or the member',
    })),
    ...duplicates(
      Object.keys(schema.shape),
      (field) => field.toLowerCase(),
      (field) => field,
      (_, names) => ({
        what: `the fields ${names} of ${name} differ only in upper and lower case`,
        fix: 'databases do not tell them apart: rename one',
      }),
    ),
  ];
}

/** A state is checked again with each change, so what the schema makes must be something that it takes. */
function changedKinds({ name, schema }: AnyEntityClass): BootFault[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => changesKind(field as z.ZodType))
    .map(([field]) => ({
      what: `the schema of ${name}.${field} makes another kind of value of what it takes`,
      fix: 'use the schema of the value that is kept; JSON is brought to it anyway',
    }));
}

function finderNames(name: string, { finders }: CollectionNote): BootFault[] {
  return Object.entries(finders).flatMap(([finder, columns]) => [
    ...(NAME.test(finder)
      ? []
      : [
          {
            what: `${name} has the finder ${JSON.stringify(finder)}`,
            fix: 'use letters and digits, beginning with a small one',
          },
        ]),
    ...(columns.length > 0
      ? []
      : [
          {
            what: `the finder ${finder} of ${name} asks for nothing`,
            fix: 'name the fields that it searches by',
          },
        ]),
  ]);
}

function searched(name: string, note: CollectionNote, fields: readonly SchemaField[]): BootFault[] {
  const finders = Object.entries(note.finders).map(([finder, columns]) => ({
    what: `the finder ${finder} of ${name}`,
    columns,
  }));
  const indexes = note.indexes.map(({ columns }) => ({ what: `an index of ${name}`, columns }));
  const seen = new Set<string>();
  return [...finders, ...indexes].flatMap(({ what, columns }) =>
    columns.flatMap((column) => {
      const field = fields.find((one) => one.name === column);
      // a finder brings an index with it: say it once
      if ((field && field.kind !== 'json') || seen.has(column)) return [];
      seen.add(column);
      if (field)
        return [
          {
            what: `${what} searches by ${column}, which is no plain value`,
            fix: 'search by a field with a plain value',
          },
        ];
      return [
        {
          what: `${what} searches by ${column}, which is no field`,
          fix: `use one of ${fields.map((one) => one.name).join(', ')}`,
        },
      ];
    }),
  );
}

function commandPaths(entityClass: AnyEntityClass): BootFault[] {
  const commands = commandsOf(entityClass);
  return [
    ...commands
      .filter(({ path }) => !/^[a-z][A-Za-z0-9-]*$/.test(path))
      .map(({ path, method }) => ({
        what: `the command ${entityClass.name}.${method} has the path ${JSON.stringify(path)}`,
        fix: 'use one path segment of letters, digits and hyphens',
      })),
    ...duplicates(
      commands,
      ({ httpMethod, path }) => `${httpMethod} ${path}`,
      ({ method }) => `${entityClass.name}.${method}`,
      (command, names) => ({
        what: `the command ${command} is claimed by ${names}`,
        fix: 'give one of them another path',
      }),
    ),
  ];
}

function emptyRow({ name, schema }: AnyEntityClass): BootFault[] {
  const parsed = schema.safeParse({});
  if (parsed.success) return [];
  const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  return [
    {
      what: `a new row of ${name} cannot be made without ${missing}`,
      fix: 'make them optional, nullable with a default, or give them defaults',
    },
  ];
}
