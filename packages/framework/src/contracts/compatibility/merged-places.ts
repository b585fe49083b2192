import type { ChangeFinding } from './change-finding.js';

/**
 * The same change in several places as one finding: an object that many operations answer with has changed once. Errors are the same for
 * all of a service; else what is under the same first step of the path belongs together.
 */
export function mergedPlaces(findings: readonly ChangeFinding[]): ChangeFinding[] {
  const merged = Map.groupBy(findings, keyOf);
  return [...merged.values()].flatMap((same) => {
    // two fields of one place are two changes, though they are called the same
    if (hasTwoInOnePlace(same)) return same;
    // what somebody reads says more than what nobody does, and then what is not deep inside of something else
    const inOrder = same.toSorted((one, other) => depthOf(one) - depthOf(other));
    const nearest = inOrder.find(({ readers }) => readers.length > 0) ?? inOrder[0]!;
    const allReaders = new Map(same.flatMap((one) => one.readers).map((one) => [JSON.stringify(one), one]));
    const places = new Set(same.map(({ where }) => where));
    return {
      ...nearest,
      alsoAt: [...places].filter((where) => where !== nearest.where),
      readers: [...allReaders.values()],
    };
  });
}

function hasTwoInOnePlace(same: readonly ChangeFinding[]): boolean {
  const fields = Map.groupBy(same, ({ where }) => where).values();
  return [...fields].some((ones) => new Set(ones.map(({ field }) => field)).size > 1);
}

/** What says nothing of a field stays by itself. */
function keyOf(finding: ChangeFinding): string {
  const { rule, where, field, before, after } = finding;
  if (field === undefined) return JSON.stringify([rule, where, before, after]);
  const leaf = field.slice(field.lastIndexOf('.') + 1);
  return JSON.stringify([rule, groupOf(where), leaf, before, after]);
}

function groupOf(where: string): string {
  if (/^answer [45]/.test(where)) return 'errors';
  const step = /^(\w+ )(?:.*)(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE) (\/[^/]*)/.exec(where);
  return step ? `${step[1]}${step[2]}` : where;
}

const depthOf = ({ field }: ChangeFinding) => field?.split('.').length ?? 0;
