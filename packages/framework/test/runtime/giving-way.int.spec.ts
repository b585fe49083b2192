import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  CommitUnknownError,
  DeadlockError,
  SerializationFailureError,
  VersionConflictError,
} from '../../src/kernel/errors/store-errors.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { PostPersist } from '../../src/model/lifecycle-hooks.js';
import { defineService } from '../../src/model/service-definition.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { startTestService } from '../../src/testing/service-harness.js';

let hooks = 0;

@Aggregate({ collection: 'notes' })
class Note extends AggregateRoot(z.object({ text: z.string() })) {
  @PostPersist()
  noted() {
    hooks++;
  }
}

const notes = defineService({ name: 'notes', port: 0, aggregates: [Note] });

async function started() {
  let store!: FaultyStore;
  const service = await startTestService(notes, {
    engines: { store: (real) => (store = new FaultyStore(real)) },
  });
  hooks = 0;
  return { service, store };
}

describe('a commit that the database made give way', () => {
  it.each([
    ['a deadlock', new DeadlockError('notes', 'committing')],
    ['a serialization failure', new SerializationFailureError('notes', 'committing')],
  ])('by %s is done again as it is: no hook runs twice', async (_, error) => {
    const { service, store } = await started();
    await using _service = service;
    for (let i = 0; i < 3; i++) store.failNext('commit', error);
    expect((await service.request('POST', '/notes', { text: 'a' })).status).toBe(201);
    expect(hooks).toBe(1);
    expect(await service.stored(Note)).toMatchObject([{ id: 1, text: 'a' }]);
  });

  it('gives way for good after 8 times: 503, and the client may repeat it', async () => {
    const { service, store } = await started();
    await using _ = service;
    for (let i = 0; i < 8; i++) store.failNext('commit', new DeadlockError('notes', 'committing'));
    const answer = await service.request('POST', '/notes', { text: 'a' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_DEADLOCK' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await service.stored(Note)).toEqual([]);
  });

  it('is not done again for a version conflict, which is the client’s to decide', async () => {
    const { service, store } = await started();
    await using _ = service;
    store.failNext('commit', new VersionConflictError('notes', 1, 1));
    expect((await service.request('POST', '/notes', { text: 'a' })).status).toBe(409);
  });

  it('whose outcome nobody knows is answered with 503 that does not invite to repeat it', async () => {
    const { service, store } = await started();
    await using _ = service;
    store.failNext('commit', new CommitUnknownError('notes', 'a plan'), { after: true });
    const answer = await service.request('POST', '/notes', { text: 'a' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_COMMIT_UNKNOWN' } });
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await service.stored(Note)).toHaveLength(1);
  });
});
