import { describe, expect, it } from 'vitest';
import { LAW } from '../../packages/framework/test/architecture/law.ts';
import { codeOf, tableRows, textOf } from './markdown.ts';

const listed = (cell: string) =>
  cell
    .split(', ')
    .map(codeOf)
    .filter((name) => name !== '');

describe('ARCHITECTURE.md', () => {
  it('shows the import law as it is', () => {
    const shown = tableRows(textOf('ARCHITECTURE.md'), 'Room').map(([room, , rooms, packages]) => [
      codeOf(room!),
      { rooms: listed(rooms!), packages: listed(packages!) },
    ]);
    expect(shown).toEqual(Object.entries(LAW));
  });
});
