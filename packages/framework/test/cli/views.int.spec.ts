import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DomainEvent } from '../../src/model/domain-event.js';
import { defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { skanu } from './skanu.js';

class Poured extends DomainEvent('Poured', z.object({ id: z.number(), ml: z.number() }), {
  key: (e) => e.id,
}) {}

@View({ collection: 'fills' })
class Fill extends ReadModel(z.object({ ml: z.number().default(0) })) {}

/** What the handler does wrong until it is corrected. */
let factor = 2;

@ViewHandler(Fill)
class FillView {
  @When(Poured, { id: (e) => e.id })
  poured(event: Poured, fill: Fill) {
    fill.ml += event.ml * factor;
  }
}

const fills = defineService({ name: 'fills', port: 0, views: [FillView] });

describe('skanu views', () => {
  it('rebuilds a view of a running service, shows how far it is, and drops the old table', async () => {
    await using service = await startTestService(fills);
    factor = 2;
    await service.given(...Array.from({ length: 40 }, (_, i) => new Poured({ id: (i % 4) + 1, ml: 10 })));
    expect((await service.stored(Fill)).map(({ ml }) => ml)).toEqual([200, 200, 200, 200]);
    factor = 1;
    const url = ['--url', service.url];

    expect((await skanu('views', 'list', ...url)).out).toBe('fills: generation 1, live\n');
    const rebuilt = await skanu('views', 'rebuild', 'fills', ...url);
    expect(rebuilt).toMatchObject({ code: 0, out: expect.stringContaining('fills is at generation 2') });
    expect(rebuilt.err).toMatch(/rebuilding fills 100 % 40 of 40 records\n$/);
    expect((await service.stored(Fill)).map(({ ml }) => ml)).toEqual([100, 100, 100, 100]);
    expect((await skanu('views', 'list', ...url)).out).toMatch(/the old table has 4 rows/);

    expect(await skanu('views', 'drop-old', 'fills', ...url)).toMatchObject({ code: 0 });
    expect((await skanu('views', 'list', ...url)).out).not.toMatch(/old table/);
  });

  it('says what a service has answered, and that there is none', async () => {
    await using service = await startTestService(fills);
    await expect(skanu('views', 'rebuild', 'cups', '--url', service.url)).rejects.toThrow(/404/);
    await expect(skanu('views', 'list', '--url', 'http://localhost:1')).rejects.toThrow(
      /GET http:\/\/localhost:1\/actuator\/views/,
    );
    expect(await skanu('views', 'rebuild', 'fills')).toMatchObject({ code: 2 });
  });
});
