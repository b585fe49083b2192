import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sourceOf } from './framework.ts';
import { ROOT, codeOf, tableRows, textOf } from './markdown.ts';

interface ErrorClass {
  new (...args: unknown[]): { readonly retriable: boolean };
  readonly name: string;
  readonly code: string;
  readonly prototype: object;
}

const FOLDER = 'packages/framework/src/kernel/errors';
/** Their status depends on the case, so the page says it in words. */
const BY_CASE = ['BAD_REQUEST', 'REMOTE_REFUSED'];

const rows = tableRows(textOf('docs/reference/errors.md'), 'Code').map(
  ([code, className, when, http, todo]) => ({
    code: codeOf(code!),
    className: codeOf(className!.replace(/†$/, '')),
    isExported: !className!.endsWith('†'),
    when: when!,
    http: http!,
    todo: todo!,
  }),
);

let classes: ErrorClass[];
let statusOf: (error: unknown) => { readonly status: number; readonly retryAfter?: string } | undefined;
let shared: Record<string, unknown>;

beforeAll(async () => {
  const { SkanuError } = await sourceOf<{ SkanuError: ErrorClass }>(`${FOLDER}/skanu-error.ts`);
  const files = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((file) => sourceOf<Record<string, unknown>>(`${FOLDER}/${file}`)),
  );
  classes = modules
    .flatMap((module) => Object.values(module))
    .filter(
      (one): one is ErrorClass => typeof one === 'function' && one.prototype instanceof (SkanuError as any),
    );
  ({ httpStatusOf: statusOf } = await sourceOf<{ httpStatusOf: typeof statusOf }>(
    'packages/framework/src/http/http-status.ts',
  ));
  shared = await sourceOf<Record<string, unknown>>('packages/framework/src/index.ts');
});

describe('docs/reference/errors.md', () => {
  it('lists each error class of the framework once, with its code, and none that is not there', () => {
    const pairs = (all: readonly { code: string; className: string }[]) =>
      all.map(({ code, className }) => `${code} ${className}`).toSorted();
    expect(pairs(rows)).toEqual(pairs(classes.map(({ code, name }) => ({ code, className: name }))));
  });

  it('gives each code the HTTP status that clients see', () => {
    for (const { code, className, http } of rows.filter((row) => !BY_CASE.includes(row.code))) {
      const errorClass = classes.find(({ name }) => name === className)!;
      // only the class and its code decide; what the constructor wants does not matter
      const error = Object.assign(Object.create(errorClass.prototype) as object, { code });
      const { status = 500, retryAfter } = statusOf(error) ?? {};
      expect(`${code} ${http}`).toBe(
        `${code} ${status}${retryAfter === undefined ? '' : ' + `Retry-After`'}`,
      );
    }
  });

  it('says of each when it comes and what to do', () => {
    expect(rows.filter(({ when, todo }) => when === '' || todo === '')).toEqual([]);
  });

  it('marks with ↻ what may succeed when it is done again, and with † what the package does not export', () => {
    const shown = rows.map(({ code, when, isExported }) => [code, when.startsWith('↻'), isExported]);
    const real = rows.map(({ code, className }) => {
      const errorClass = classes.find(({ name }) => name === className)!;
      // an empty list does for each parameter of each constructor
      const { retriable } = new errorClass([], [], [], [], []);
      return [code, retriable, Object.hasOwn(shared, className)];
    });
    expect(shown).toEqual(real);
  });
});
