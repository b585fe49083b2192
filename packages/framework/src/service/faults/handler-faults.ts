import type { BootFault } from '../../kernel/errors/start-errors.js';
import { collectionNote } from '../../model/aggregate.js';
import type { AnyEntityClass } from '../../model/entity.js';
import { type HandlerClass, handlerNote, reactionNote } from '../../model/handler-note.js';
import { isEventClass } from './event-faults.js';

const WORDS = {
  policy: { decorator: '@PolicyHandler()', reaction: '@Whenever(Event)', list: 'policies' },
  view: { decorator: '@ViewHandler(Model)', reaction: '@When(Event, { id })', list: 'views' },
} as const;

/** What is wrong with one class of handlers, listed as that kind. */
export function handlerFaults(handler: HandlerClass, kind: 'policy' | 'view'): BootFault[] {
  const words = WORDS[kind];
  const note = handlerNote.of(handler);
  if (note?.kind !== kind) {
    return [
      {
        what: `${handler.name} is listed in ${words.list} without ${words.decorator}`,
        fix: `put ${words.decorator} on the class, or move it to another list`,
      },
    ];
  }
  const reactions = reactionNote.of(handler.prototype as object) ?? [];
  if (reactions.length === 0)
    return [{ what: `${handler.name} reacts to nothing`, fix: `put ${words.reaction} on a method` }];
  return reactions.flatMap(({ event, method, row }) => {
    const where = `${handler.name}.${method}`;
    if (!isEventClass(event)) {
      const name = String((event as { name?: unknown } | undefined)?.name ?? event);
      return [
        {
          what: `${where} reacts to ${name}, which is no event`,
          fix: "let it extend DomainEvent('Name', schema, { key })",
        },
      ];
    }
    if ((kind === 'view') !== (row !== undefined)) {
      return [
        {
          what: `${where} of a ${kind} uses ${kind === 'view' ? '@Whenever' : '@When'}`,
          fix: `use ${words.reaction}`,
        },
      ];
    }
    return [];
  });
}

/** What is wrong with the ways in which the handlers of one read model find its rows. */
export function viewRowFaults(model: AnyEntityClass, handlers: readonly HandlerClass[]): BootFault[] {
  const own = handlers.filter((handler) => handlerNote.of(handler)?.model === model);
  const rows = own.flatMap((handler) =>
    (reactionNote.of(handler.prototype as object) ?? []).map(({ row }) => row),
  );
  const made = rows.some((row) => row && 'where' in row && row.create);
  if (!made) return [];
  const isUnique = collectionNote.of(model)?.indexes.some(({ unique }) => unique) ?? false;
  if (!isUnique)
    return [
      {
        what: `rows of ${model.name} are made by where, and nothing keeps two events from making two`,
        fix: 'name the fields in unique of @View, or say create: false',
      },
    ];
  if (!rows.some((row) => row && 'id' in row)) return [];
  return [
    {
      what: `rows of ${model.name} are made by id and by where, so that ids that are given meet ids that are counted`,
      fix: 'say create: false where rows are found by where',
    },
  ];
}
