import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../src/testing/temporary-folder.js';
import { skanu } from './skanu.js';

const folder = join(import.meta.dirname, 'check');
const [library, reminder, broken, door] = ['library', 'reminder', 'broken', 'door'].map((name) =>
  join(folder, `${name}-module.ts`),
) as [string, string, string, string];
/** `file:line` of the first line with that text, as the command shows it. */
const placeOf = (file: string, text: string) => {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((one) => one.includes(text));
  return `${relative(process.cwd(), file)}:${line + 1}`;
};

describe('skanu check', () => {
  it('says what does not fit, where, why and what to do, and ends with 1', async () => {
    const { code, out, err } = await skanu('check', reminder, library);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^reminder\n/);
    expect(out).toContain(`  fault event-shape, ${placeOf(reminder, 'async remind')}\n`);
    expect(out).toContain(`  fault call-path, ${placeOf(reminder, 'readonly book')}\n`);
    expect(out).toMatch(
      /library publishes Lent as Reminders\.remind cannot read it: \/title .*\n +mend it: \S/,
    );
    expect(out).toMatch(
      /LibraryClient\.book is GET \/book\/\{id\}, .* the nearest is \/books\/\{id\}\n +mend it: \S/,
    );
    expect(out).toMatch(/reminder can count on\n {2}Reminders\.remind: Lent \(events\): at least once/);
    expect(out).toMatch(/2 checked: 2 faults, 0 notes\n$/);
  });

  it('ends with 0 where there are only notes, and shows where an event is declared', async () => {
    const { code, out } = await skanu('check', library, door);
    expect(code).toBe(0);
    expect(out).toContain(`note event-unread, ${placeOf(library, 'class Lent')}\n`);
    expect(out).toMatch(/2 checked: 0 faults, 1 note\n$/);
  });

  it('prints one document with all of it for --json', async () => {
    const { code, out } = await skanu('check', reminder, library, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      faults: 2,
      notes: 0,
      services: [
        { service: 'library', kind: 'service', findings: [], guarantees: [] },
        {
          service: 'reminder',
          findings: [
            {
              rule: 'event-shape',
              severity: 'fault',
              about: 'Reminders.remind',
              places: [{ file: relative(process.cwd(), reminder), line: expect.any(Number) }],
              what: expect.any(String),
              fix: expect.any(String),
            },
            { rule: 'call-path' },
          ],
          guarantees: [{ method: 'Reminders.remind', event: 'Lent', attempts: 5, waitsMs: 1500 }],
        },
      ],
    });
  });

  it('tells what a boot would find, such as a policy and a view with the same id, and goes on with the others', async () => {
    const { code, out } = await skanu('check', broken, library, reminder);
    expect(code).toBe(1);
    expect(out).toContain(`fault boot, ${placeOf(broken, 'defineService({')}\n`);
    expect(out).toContain('the handler id reading is used by ReadingPolicies and ReadingView');
    expect(out).toContain('fault call-path');
    expect(out).not.toContain('broken can count on');
  });

  it('what is known of a service by its document alone is checked against that', async () => {
    using temporary = temporaryFolder();
    const alone = await skanu('check', door, '--contracts', temporary.path);
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining('note route-unchecked') });

    mkdirSync(join(temporary.path, 'http'), { recursive: true });
    const file = join(temporary.path, 'http/library.openapi.json');
    const document = { info: { version: '1' }, paths: { '/shelves': {} }, components: { schemas: {} } };
    writeFileSync(file, JSON.stringify(document));
    const { code, out } = await skanu('check', door, '--contracts', temporary.path);
    expect(code).toBe(1);
    expect(out).toContain(`fault route-path, ${placeOf(door, "'/books'")}\n`);

    writeFileSync(file, 'no document');
    await expect(skanu('check', door, '--contracts', temporary.path)).rejects.toThrow(
      /is no OpenAPI document/,
    );
  });

  it('what is published elsewhere is checked against the document of whoever publishes it', async () => {
    using temporary = temporaryFolder();
    const events = join(temporary.path, 'events');
    mkdirSync(events, { recursive: true });
    const publish = (title: object) => {
      const payload = {
        type: 'object',
        required: ['id', 'title'],
        properties: { id: { type: 'integer' }, title },
      };
      const document = {
        asyncapi: '3.0.0',
        channels: { events: { address: 'events', messages: { lent: { name: 'Lent', payload } } } },
        operations: { lend: { action: 'send', channel: { $ref: '#/channels/events' } } },
      };
      writeFileSync(join(events, 'archive.asyncapi.json'), JSON.stringify(document));
    };
    publish({ type: 'string' });
    const fits = await skanu('check', reminder, '--contracts', temporary.path);
    expect(fits).toMatchObject({ code: 0, out: expect.stringMatching(/1 checked: 0 faults, 1 note\n$/) });

    publish({ type: 'boolean' });
    const { code, out } = await skanu('check', reminder, '--contracts', temporary.path);
    expect(code).toBe(1);
    expect(out).toContain('archive publishes Lent as Reminders.remind cannot read it: /title');

    // of a service that is among the modules its module is looked at alone
    writeFileSync(join(events, 'library.asyncapi.json'), 'no document');
    expect(await skanu('check', library, door, '--contracts', temporary.path)).toMatchObject({ code: 0 });
    await expect(skanu('check', reminder, '--contracts', temporary.path)).rejects.toThrow(
      /is no AsyncAPI document/,
    );
  });

  it('shows the TypeScript that a module was compiled from, and both of two services with one name', async () => {
    using temporary = temporaryFolder();
    const modules = ['a', 'b'].map((name) => {
      mkdirSync(join(temporary.path, name, 'dist'), { recursive: true });
      mkdirSync(join(temporary.path, name, 'src'));
      const definition = `export const one = { kind: 'gateway', name: 'twin', port: 0, routes: [] };\n`;
      writeFileSync(join(temporary.path, name, 'dist/service.mjs'), definition);
      // folders may be called anything
      mkdirSync(join(temporary.path, name, 'src/a.ts/node_modules/other'), { recursive: true });
      writeFileSync(join(temporary.path, name, 'src/a.ts/node_modules/other/service.ts'), 'defineGateway({');
      writeFileSync(join(temporary.path, name, 'src/service.ts'), `\n\nexport const one = defineGateway({\n`);
      return join(temporary.path, name, 'dist/service.mjs');
    });
    const { code, out } = await skanu('check', ...modules);
    expect(code).toBe(1);
    const places = ['a', 'b'].map((name) =>
      placeOf(join(temporary.path, name, 'src/service.ts'), 'defineGateway'),
    );
    expect(out).toContain(`fault name-twice, ${places.join(' and ')}\n`);
  });

  it('a module that is named twice is one', async () => {
    const { out } = await skanu('check', library, door, library);
    expect(out).toMatch(/2 checked: 0 faults, 1 note\n$/);
  });

  it('called without a module says how it is called', async () => {
    expect(await skanu('check')).toMatchObject({
      code: 2,
      err: expect.stringContaining('skanu check MODULE...'),
    });
  });
});

it('a module with gateways only is no module of a service', async () => {
  await expect(skanu('schema', 'print', door)).rejects.toThrow(/exports no service/);
});
