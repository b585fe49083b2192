import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../../scripts/cafe-services.ts';

const packages = resolve(import.meta.dirname, '../../packages');
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').length - 1;

describe.each(Object.values(SERVICES))('$folder is thin', ({ folder }) => {
  const source = join(packages, folder, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  it('has at most 300 lines, and a main of at most 15', () => {
    expect(files).toContain('main.ts');
    expect(files.reduce((sum, file) => sum + linesOf(join(source, file)), 0)).toBeLessThanOrEqual(300);
    expect(linesOf(join(source, 'main.ts'))).toBeLessThanOrEqual(15);
  });

  it('knows the framework, its schemas and itself, and no other service', () => {
    const imports = files.flatMap((file) =>
      [...readFileSync(join(source, file), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1]!),
    );
    expect(
      imports.filter((name) => !name.startsWith('./') && name !== 'zod' && name !== '@skanu/framework'),
    ).toEqual([]);
  });
});
