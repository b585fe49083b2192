import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FeignClient, defineService, del, get, head, post } from '../../src/index.js';
import {
  type StandInAnswer,
  type TemporaryFolder,
  contract,
  providerPromises,
  startStandIn,
  temporaryFolder,
} from '../../src/testing/index.js';

const circle = z.object({ kind: z.literal('circle'), radius: z.number() });
const square = z.object({ kind: z.literal('square'), side: z.number(), isFilled: z.literal(true) });
const shape = z.discriminatedUnion('kind', [circle, square]);

describe('a contract for calls', () => {
  let folder: TemporaryFolder;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  /** Expects one operation, with the real client. @returns what the client gave */
  const expected = async (
    operation: unknown,
    ...expectations: readonly Expectation[]
  ): Promise<unknown[]> => {
    @FeignClient({ name: 'shapes', url: 'http://localhost:8099' })
    class Shapes {
      readonly call = operation;
    }
    const painter = defineService({ name: 'painter', port: 8098, clients: [Shapes] });
    const promises = contract(painter, { pacts: folder.path, write: true });
    const answers: unknown[] = [];
    for (const one of expectations.length === 0 ? [{}] : expectations)
      // each test has an operation of another type
      await promises.calls(Shapes, 'call', one as never, (answer) => answers.push(answer));
    await promises.settle();
    return answers;
  };

  /** Verifies all that was promised with an answer. @returns the requests, and whether the promises were kept */
  const verified = async (answer: StandInAnswer) => {
    await using shapes = await startStandIn();
    shapes.answers((request) =>
      // a call with undo is taken back
      request.path.includes('/requests/') ? { status: 204 } : answer,
    );
    const start = async () => ({ url: shapes.url, [Symbol.asyncDispose]: async () => {} });
    const all = providerPromises('shapes', { pacts: folder.path, states: {}, handlers: {}, start });
    expect(all).not.toEqual([]);
    let isKept = true;
    for (const promise of all)
      await promise.verify().catch((error: Error) => {
        expect(error.message).toContain('shapes breaks what it promised to painter');
        isKept = false;
      });
    return { isKept, requests: shapes.requests };
  };
  const isKeptBy = async (body: unknown, status = 200) =>
    (await verified({ status, body: JSON.stringify(body) })).isKept;

  it('takes a list', async () => {
    expect(await expected(get('/circles', { returns: z.array(circle).min(2) }))).toEqual([
      [
        { kind: 'circle', radius: 1 },
        { kind: 'circle', radius: 2 },
      ],
    ]);
    const one = { kind: 'circle', radius: 2.5 };
    expect(await isKeptBy([one, one, one])).toBe(true);
    expect(await isKeptBy([one])).toBe(false);
    expect(await isKeptBy([one, { kind: 'square', radius: 1 }])).toBe(false);
  });

  it('takes a list of several kinds, whichever of them comes', async () => {
    const answer = [{ kind: 'square', side: 3, isFilled: true }];
    expect(await expected(get('/shapes', { returns: z.array(shape) }), { answer })).toEqual([answer]);
    expect(await isKeptBy([{ kind: 'circle', radius: 1 }, answer[0]])).toBe(true);
    expect(await isKeptBy({ kind: 'circle', radius: 1 })).toBe(false);
  });

  it.each([
    ['a number', z.int(), 1, 7, 'seven'],
    ['a text', z.string(), 'text', 'circle', 7],
    ['a name', z.union([z.literal('a'), z.literal('b')]), 'a', 'b', 'c'],
    ['true or false', z.boolean(), false, true, 'true'],
    ['a number that is one alone', z.literal(5), 5, 5, 6],
    ['a tuple', z.tuple([z.int(), z.string()]), [1, 'text'], [2, 'b'], ['b', 2]],
    ['what may be null', z.object({ id: z.int() }).nullable(), { id: 1 }, { id: 5 }, { id: null }],
  ] as const)('takes %s', async (_, returns, example, kept, broken) => {
    expect(await expected(get('/one', { returns: returns as z.ZodType }))).toEqual([example]);
    expect(await isKeptBy(kept)).toBe(true);
    expect(await isKeptBy(broken)).toBe(false);
  });

  it('holds numbers inside of a list to the values that are named', async () => {
    await expected(get('/list', { returns: z.array(z.object({ version: z.literal(2), size: z.int() })) }));
    expect(await isKeptBy([{ version: 2, size: 9 }])).toBe(true);
    expect(await isKeptBy([{ version: 3, size: 9 }])).toBe(false);
  });

  it('takes an answer of another kind than the first, and asks for no more than that', async () => {
    const answer = { kind: 'square', side: 3, isFilled: true } as const;
    expect(await expected(get('/best', { returns: shape }), { answer })).toEqual([answer]);
    expect(await isKeptBy({ kind: 'square', side: 9, isFilled: true })).toBe(true);
    expect(await isKeptBy({ kind: 'square', side: 9, isFilled: false })).toBe(false);
  });

  it('takes some fields of an answer, and examples of the others', async () => {
    const best = get('/best', { returns: shape });
    expect(await expected(best, { answer: { radius: 7 } })).toEqual([{ kind: 'circle', radius: 7 }]);
  });

  it('refuses an answer of null, which Pact cannot hold anybody to', async () => {
    const best = get('/best', { returns: shape.nullable() });
    await expect(expected(best, { answer: null })).rejects.toThrow(
      /Shapes\.call cannot be promised null: .* Expect a value here/,
    );
  });

  it('refuses an answer for what reads none', async () => {
    await expect(expected(del('/shapes/{id}'), { answer: { id: 1 } })).rejects.toThrow(
      'Shapes.call reads nothing of its answer: leave answer out here, or give the operation returns',
    );
  });

  it('sends a form', async () => {
    const draw = post('/shapes', {
      bodyKind: 'form',
      body: z.object({ kind: z.string(), drawnAt: z.date(), 'tag-name': z.array(z.string()).optional() }),
      returns: circle,
    });
    const drawnAt = new Date('2026-01-02T03:04:05Z');
    const body = { kind: 'a & b', drawnAt, 'tag-name': ['x', 'y'] };
    await expected(draw, {}, { with: [body], description: 'with tags' });
    const { isKept, requests } = await verified({ status: 201, body: { kind: 'circle', radius: 3 } });
    expect(isKept).toBe(true);
    expect(requests.map((one) => [one.headers['content-type'], one.body])).toEqual([
      ['application/x-www-form-urlencoded', 'kind=kind&drawnAt=2020-01-01T00%3A00%3A00.000Z'],
      [
        'application/x-www-form-urlencoded',
        'kind=a+%26+b&drawnAt=2026-01-02T03%3A04%3A05.000Z&tag-name=x&tag-name=y',
      ],
    ]);
  });

  it('sends instants and large numbers as they travel', async () => {
    const plan = post('/plans', { body: z.object({ day: z.date(), size: z.bigint() }) });
    await expected(plan, {}, { with: [{ day: new Date(0), size: 2n ** 60n }], description: 'large' });
    const { requests } = await verified({ status: 201 });
    expect(requests.map(({ body }) => body)).toEqual([
      { day: '2020-01-01T00:00:00.000Z', size: expect.stringMatching(/^\d+$/) },
      { day: '1970-01-01T00:00:00.000Z', size: '1152921504606846976' },
    ]);
  });

  it('asks with HEAD', async () => {
    expect(await expected(head('/shapes/{id}'))).toEqual([undefined]);
    const { isKept, requests } = await verified({ status: 200 });
    expect(isKept).toBe(true);
    expect(requests).toMatchObject([{ method: 'HEAD', path: '/shapes/1' }]);
    expect((await verified({ status: 404 })).isKept).toBe(false);
  });

  it('asks with a query, of which each part may be absent, be a list, or have a default', async () => {
    const search = get('/search', {
      query: z.object({
        kind: z.string().nullish(),
        size: z.int().default(20),
        colors: z.array(z.string()).optional(),
        since: z.date().optional(),
      }),
      returns: z.array(z.string()),
    });
    const all = { kind: 'a&b', size: 5, colors: ['red', 'dark blue'], since: new Date(0) };
    await expected(
      search,
      {},
      { with: [{ kind: null }], description: 'of no kind' },
      { with: [all], description: 'with all' },
    );
    const { requests } = await verified({ status: 200, body: ['x'] });
    const asked = requests.map(({ path }) => new URL(path, 'http://shapes').searchParams);
    expect(asked.map((query) => [...query.keys()].toSorted())).toEqual([
      ['size'],
      ['size'],
      ['colors', 'colors', 'kind', 'since', 'size'],
    ]);
    expect(asked[0]!.get('size')).toBe('20');
    expect(asked[2]!.get('kind')).toBe('a&b');
    expect(asked[2]!.getAll('colors')).toEqual(['red', 'dark blue']);
    expect(asked[2]!.get('since')).toBe('1970-01-01T00:00:00.000Z');
  });

  it('asks for a path with texts in it', async () => {
    await expected(get('/shapes/{name}/{part}', { returns: circle }), {
      with: [{ name: 'grün & blau', part: 'a/b?' }],
    });
    const { isKept, requests } = await verified({ status: 200, body: { kind: 'circle', radius: 3 } });
    expect(isKept).toBe(true);
    expect(requests.map(({ path }) => path)).toEqual(['/shapes/gr%C3%BCn%20%26%20blau/a%2Fb%3F']);
  });

  it('says which name of a path is missing', async () => {
    await expect(expected(get('/shapes/{name}', { returns: circle }), { with: [{}] })).rejects.toThrow(
      /path of Shapes\.call.*name/,
    );
  });

  it('expects 200 of a DELETE that returns something, and 204 of one that does not', async () => {
    await expected(del('/shapes/{id}', { returns: circle }));
    expect(await isKeptBy({ kind: 'circle', radius: 1 }, 200)).toBe(true);
  });

  it('takes an operation back that is expected twice', async () => {
    const order = post('/orders', { body: z.object({ id: z.int() }), returns: circle, undo: true });
    await expected(order, {}, { with: [{ id: 7 }], description: 'another' });
    const { isKept, requests } = await verified({ status: 201, body: { kind: 'circle', radius: 3 } });
    expect(isKept).toBe(true);
    expect(requests.map(({ method }) => method).toSorted()).toEqual(['DELETE', 'DELETE', 'POST', 'POST']);
  });
});

interface Expectation {
  readonly with?: readonly unknown[];
  readonly answer?: unknown;
  readonly description?: string;
}
