import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DomainEvent } from '../../src/model/domain-event.js';
import { defineService } from '../../src/model/service-definition.js';
import { ReadModel, View, ViewHandler, When } from '../../src/model/view-handler.js';
import { startTestService } from '../../src/testing/service-harness.js';
import { until } from '../fixtures/until.js';

class Posted extends DomainEvent('Posted', z.object({ id: z.int() }), { key: (e) => e.id }) {}

@View({ collection: 'letters' })
class LetterRow extends ReadModel(z.object({ weight: z.int().default(0) })) {}

const rules = { weight: 1 };

@ViewHandler(LetterRow)
class LetterView {
  @When(Posted, { id: (e) => e.id })
  posted(_: Posted, row: LetterRow) {
    if (rules.weight < 0) throw new Error('too light');
    row.weight = rules.weight;
  }
}

const post = defineService({ name: 'post', port: 0, views: [LetterView] });

describe('the views of the actuator', () => {
  it('are listed, made anew and their old tables dropped', async () => {
    rules.weight = 1;
    await using service = await startTestService(post);
    await service.given(new Posted({ id: 1 }), new Posted({ id: 2 }));
    const path = '/actuator/views/letters';
    const url = service.url + path;
    const live = {
      name: 'letters',
      generation: 1,
      state: 'live',
      _links: { self: { href: url }, rebuild: { href: `${url}/rebuild` } },
    };
    const list = await service.request('GET', '/actuator/views');
    expect(list).toMatchObject({ status: 200, body: { views: [live] } });
    expect((await service.request('GET', path)).body).toEqual(live);

    rules.weight = 20;
    const begun = await service.request('POST', `${path}/rebuild`);
    expect(begun).toMatchObject({ status: 202, body: { name: 'letters' } });
    expect(begun.headers.get('location')).toBe(url);
    const done = await until(
      async () => (await service.request('GET', path)).body as Record<string, unknown>,
      ({ state }) => state === 'done',
    );
    expect(done).toEqual({
      ...live,
      generation: 2,
      state: 'done',
      progress: { done: 2, total: 2 },
      old: { rows: 2 },
      _links: { ...live._links, old: { href: `${url}/old` } },
    });
    expect(await service.stored(LetterRow)).toMatchObject([{ weight: 20 }, { weight: 20 }]);

    expect((await service.request('DELETE', `${path}/old`)).status).toBe(204);
    expect((await service.request('DELETE', `${path}/old`)).status).toBe(204);
    expect((await service.request('GET', path)).body).not.toHaveProperty('old');
    expect((await service.request('GET', '/actuator')).body).toMatchObject({
      _links: { views: { href: `${service.url}/actuator/views` } },
    });
  });

  it('that do not exist are not found; one that is being rebuilt is a conflict', async () => {
    rules.weight = 1;
    await using service = await startTestService(post);
    for (const [method, path] of [
      ['GET', '/actuator/views/parcels'],
      ['POST', '/actuator/views/parcels/rebuild'],
      ['DELETE', '/actuator/views/parcels/old'],
    ] as const)
      expect(await service.request(method, path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const [one, other] = await Promise.all([
      service.request('POST', '/actuator/views/letters/rebuild'),
      service.request('POST', '/actuator/views/letters/rebuild'),
    ]);
    const [begun, refused] = one.status === 202 ? [one, other] : [other, one];
    expect([begun.status, refused.status]).toEqual([202, 409]);
    expect(refused.body).toMatchObject({ code: 'REBUILD_RUNNING', status: 409 });
  });
});
