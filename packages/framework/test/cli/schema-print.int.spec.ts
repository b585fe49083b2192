import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { startTestService } from '../../src/testing/service-harness.js';
import { temporaryFolder } from '../../src/testing/temporary-folder.js';
import { cupService } from './shop-module.js';
import { skanu } from './skanu.js';

const module = join(import.meta.dirname, 'shop-module.ts');

describe('skanu schema print', () => {
  it('prints what an empty database needs, so that a service that may change nothing starts on it', async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.path, { recursive: true });
    const settings = { SCHEMA: 'verify' };
    const bare = startTestService(cupService, { folder: folder.path, settings });
    await expect(bare).rejects.toMatchObject({ code: 'SCHEMA_DIFFERS' });

    const { code, out } = await skanu('schema', 'print', module);
    expect(code).toBe(0);
    const database = new DatabaseSync(join(folder.path, 'cups.db'));
    database.exec(out);
    database.close();
    await using service = await startTestService(cupService, { folder: folder.path, settings });
    expect((await service.request('POST', '/cups', { name: 'mug' })).status).toBe(201);
  });

  it('speaks the SQL of the database that is named, without a connection to it', async () => {
    const { code, out } = await skanu('schema', 'print', module, '--database', 'postgres://nowhere/cups');
    expect(code).toBe(0);
    expect(out).toMatch(/^-- cups, for postgres\n/);
    expect(out).toMatch(/create table/i);
  });

  it('a table that differs is refused with the statement that mends it, and nothing is changed', async () => {
    using folder = temporaryFolder();
    const { out } = await skanu('schema', 'print', module);
    const database = new DatabaseSync(join(folder.path, 'cups.db'));
    database.exec(out);
    database.exec('ALTER TABLE cups DROP COLUMN size');
    const settings = { SCHEMA: 'verify' };
    const start = startTestService(cupService, { folder: folder.path, settings });
    await expect(start).rejects.toMatchObject({
      differences: [{ statement: expect.stringMatching(/ADD COLUMN "size"/) }],
    });
    const columns = database.prepare(`SELECT name FROM pragma_table_info('cups')`).all();
    expect(columns.map(({ name }) => name)).toEqual(['id', 'version', 'name']);
    database.close();
  });
});

describe('skanu, called wrongly,', () => {
  it.each([[[]], [['schema']], [['schema', 'print']], [['schema', 'print', module, '--colour', 'red']]])(
    '%j says what there is and ends with 2',
    async (words) => {
      const { code, err } = await skanu(...words);
      expect(code).toBe(2);
      expect(err).toContain('skanu schema print MODULE');
    },
  );

  it('a module without a service is one clear error', async () => {
    await expect(
      skanu('schema', 'print', import.meta.filename.replace('.int.spec', '-none')),
    ).rejects.toThrow(/cannot be loaded/);
    const here = join(import.meta.dirname, '../fixtures/until.ts');
    await expect(skanu('schema', 'print', here)).rejects.toThrow(/exports no service/);
  });
});
