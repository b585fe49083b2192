import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WIRING_RULES } from '../../src/contracts/wiring/wiring-rules.js';

it('docs/reference/wiring.md lists each rule with its kind, and none that is not there', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/wiring.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (\w+) +\| (.+?) +\| (.+?) +\|$/gm)];
  expect(Object.fromEntries(rows.map(([, rule, kind]) => [rule, kind]))).toEqual(WIRING_RULES);
});
