import { diff } from 'node:util';

const CONTEXT = 2;

/** What is different between two texts, line by line: `-` is gone, `+` is new, with two lines around each. */
export function lineDifference(before: string, after: string): string {
  const lines = diff(before.split('\n'), after.split('\n'));
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([operation]) => operation !== 0);
  return lines
    .flatMap(([operation, text], index) => {
      if (isNear(index)) return [`${operation === 0 ? ' ' : operation > 0 ? '-' : '+'} ${text}`];
      // one line for all that is the same
      return isNear(index + 1) ? ['  …'] : [];
    })
    .join('\n');
}
