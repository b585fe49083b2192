import { inApi } from './api-operations.js';
import { type ChangeFinding, change } from './change-finding.js';
import type { OperationChange } from './operation-change.js';
import { type FieldChangeKind, sentChanges } from './field-changes.js';

/** What callers get: a success must stay what it was, and its fields too. Errors may be added. */
export function answerChanges(both: OperationChange): ChangeFinding[] {
  const { before, after } = both;
  return [
    ...statusChanges(both),
    ...Object.keys(before.operation.responses)
      .filter((status) => after.operation.responses[status])
      .flatMap((status) => contentChanges(both, status)),
  ];
}

function statusChanges({ service, before, after, users }: OperationChange): ChangeFinding[] {
  const operation = `${before.method} ${before.path}`;
  const then = successes(before.operation.responses);
  const now = successes(after.operation.responses);
  const gone = then.filter((status) => !now.includes(status));
  const come = now.filter((status) => !then.includes(status));
  const takesPlace = come.join(' or ');
  return [
    ...gone.map((status) =>
      change(come.length > 0 ? 'status-changed' : 'status-gone', {
        service,
        where: `answer ${status} of ${operation}`,
        before: 'was an answer of a success',
        after: come.length > 0 ? `is ${takesPlace} now` : 'is gone',
        readers: distinctReaders([...users.ofAnswer(before, status), ...users.of(before)]),
        fix: `Answer with ${status} as before; add an operation beside it for the other answer.`,
      }),
    ),
    ...(gone.length > 0 ? [] : come).map((status) =>
      change('status-new', {
        service,
        where: `answer ${status} of ${operation}`,
        before: 'was no answer',
        after: 'is one more answer of a success',
        readers: users.of(before),
        fix: 'See that callers take it as the success that it is.',
      }),
    ),
  ];
}

function contentChanges(
  { service, before, after, apis, users }: OperationChange,
  status: string,
): ChangeFinding[] {
  const where = `answer ${status} of ${before.method} ${before.path}`;
  const now = after.operation.responses[status]?.content ?? {};
  return Object.entries(before.operation.responses[status]?.content ?? {}).flatMap(([type, { schema }]) => {
    const same = now[type];
    if (!same)
      return [
        change('answer-media-type', {
          service,
          where,
          before: `came as ${type}`,
          after:
            Object.keys(now).length === 0 ? 'has no body' : `only comes as ${Object.keys(now).join(' or ')}`,
          readers: users.ofAnswer(before, status),
          fix: `Go on answering with ${type} to those who accept it.`,
        }),
      ];
    return sentChanges(inApi(apis.before, schema), inApi(apis.after, same.schema)).map((one) =>
      change(`answer-field-${rulePart(one.kind)}`, {
        service,
        where,
        path: one.path,
        before: one.before,
        after: one.after,
        readers: users.ofAnswer(before, status, one.path),
        fix: FIXES[one.kind] ?? 'Leave the field as it was, and add one beside it for what is new.',
      }),
    );
  });
}

/** What is sent never asks for anything. */
function rulePart(kind: FieldChangeKind): Exclude<FieldChangeKind, 'required'> {
  return kind === 'required' ? 'type' : kind;
}

const FIXES: Partial<Readonly<Record<FieldChangeKind, string>>> = {
  gone: 'Keep the field until nobody reads it; what takes its place may stand beside it.',
  renamed: 'Answer with both names, and the old one until nobody reads it.',
  optional: 'Always send it, or add a field beside it that may be absent.',
};

function successes(responses: object): string[] {
  return Object.keys(responses).filter((status) => status.startsWith('2'));
}

function distinctReaders<T>(readers: readonly T[]): T[] {
  return [...new Map(readers.map((reader) => [JSON.stringify(reader), reader])).values()];
}
