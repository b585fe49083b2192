import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { sourceOf } from './framework.ts';
import { codeOf, tableRows, textOf } from './markdown.ts';

interface Settings {
  readonly commonSettings: z.ZodObject;
  readonly serviceSettings: z.ZodObject;
  readonly gatewaySettings: z.ZodObject;
}

const page = textOf('docs/reference/config.md');

let settings: Settings;
beforeAll(async () => {
  settings = await sourceOf<Settings>('packages/framework/src/service/settings.ts');
});

/** A setting as its row is to be. What has no default in its schema says in words what it is. */
function rowOf(name: string, field: z.ZodType): string[] {
  const [meaning, inWords] = (field.description ?? '').split(/ Default: /);
  const { success, data } = field.safeParse(undefined);
  return [
    name,
    success && data !== undefined ? `\`${String(data)}\`` : (inWords ?? '').replace(/\.$/, ''),
    meaning!,
  ];
}

function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return tableRows(section, 'Setting').map(([name, ...rest]) => [codeOf(name!), ...rest]);
}

describe('docs/reference/config.md', () => {
  it.each([
    ['Every service and gateway', () => Object.entries(settings.commonSettings.shape)],
    [
      'Services',
      () =>
        Object.entries(settings.serviceSettings.shape).filter(
          ([name]) => !Object.hasOwn(settings.commonSettings.shape, name),
        ),
    ],
    [
      'Gateways',
      () =>
        Object.entries(settings.gatewaySettings.shape).filter(
          ([name]) => !Object.hasOwn(settings.commonSettings.shape, name),
        ),
    ],
  ])('has each setting of "%s" with its default and meaning, and no other', (heading, fields) => {
    const expected = fields().map(([name, field]) => rowOf(name, field as z.ZodType));
    expect(expected.length).toBeGreaterThan(0);
    expect(rowsUnder(heading)).toEqual(expected);
  });
});
