import type { CheckedService } from './checked-services.js';
import type { Place } from './declarations.js';

/** The findings by service, then what each handler can count on, then the sum. */
export function checkReport(
  services: readonly CheckedService[],
  { faults, notes }: { readonly faults: number; readonly notes: number },
): string {
  const found = services
    .filter(({ findings }) => findings.length > 0)
    .map(({ service, findings }) => [
      service,
      ...findings.flatMap(({ rule, severity, places, what, fix }) => [
        `  ${severity} ${rule}, ${places.map(shown).join(' and ')}`,
        `    ${what}`,
        `    ${severity === 'fault' ? 'mend it' : 'to be sure'}: ${fix}`,
      ]),
    ]);
  const guaranteed = services
    .filter(({ guarantees }) => guarantees.length > 0)
    .map(({ service, guarantees }) => [
      `${service} can count on`,
      ...guarantees.map(({ line }) => `  ${line}`),
    ]);
  const sum = `${services.length} checked: ${counted(faults, 'fault')}, ${counted(notes, 'note')}`;
  return `${[...found, ...guaranteed, [sum]].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function shown({ file, line }: Place): string {
  return `${file}:${line}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
