import type { ChangeFinding } from '../contracts/compatibility/change-finding.js';
import { readersInWords } from '../contracts/compatibility/reader.js';

/** The findings by service, breaks first, each in lines that say who, what and how to go on. */
export function changeReport(findings: readonly ChangeFinding[]): string {
  const groups = [...Map.groupBy(findings, ({ service }) => service)].map(([service, found]) => {
    const inOrder = [
      ...found.filter(({ severity }) => severity === 'break'),
      ...found.filter(({ severity }) => severity === 'note'),
    ];
    return [service, ...inOrder.flatMap(lines)].join('\n');
  });
  return groups.map((group) => `${group}\n\n`).join('');
}

function lines(finding: ChangeFinding): string[] {
  const { rule, severity, where, alsoAt, field, before, after, readers, fix } = finding;
  const others =
    alsoAt.length === 0
      ? ''
      : ` (and ${alsoAt.length} more: ${alsoAt.slice(0, 3).join(', ')}${alsoAt.length > 3 ? ', …' : ''})`;
  const head = `  ${severity} ${rule}: ${field === undefined ? '' : `${field} in `}${where}${others}`;
  const states = `    before it ${before}, now it ${after}`;
  if (severity === 'note' && readers.length === 0) return [head, states, `    to do: ${fix}`];
  const reads = /^(event|answer)-/.test(rule) ? 'read by' : 'used by';
  return [head, states, `    ${reads}: ${readersInWords(readers)}`, `    to do: ${fix}`];
}

/** `2 breaks, 1 note` */
export function countedChanges(findings: readonly ChangeFinding[]): string {
  const count = (severity: ChangeFinding['severity']) =>
    findings.filter((one) => one.severity === severity).length;
  return `${counted(count('break'), 'break')}, ${counted(count('note'), 'note')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
