import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definitionFindings } from '../../src/contracts/wiring/definition-findings.js';
import { Aggregate } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { defineGateway } from '../../src/model/gateway-definition.js';
import { post } from '../../src/model/http-operation.js';
import { defineService } from '../../src/model/service-definition.js';
import { caller, found } from './wired.js';

@Aggregate({ collection: 'books' })
class Book extends AggregateRoot(z.object({ title: z.string() })) {}

const library = defineService({
  ...caller(post('/print', { timeoutMs: 2_000 }), { name: 'press' }),
  name: 'library',
  aggregates: [Book],
});
const gateway = (path: string, service = 'library', timeoutMs?: number) =>
  defineGateway({ name: 'door', port: 0, routes: [{ path, service }], ...(timeoutMs && { timeoutMs }) });
const doors = (...one: Parameters<typeof gateway>) =>
  found(library, gateway(...one)).filter(({ service }) => service === 'door');

describe('routes of a gateway', () => {
  it.each(['/', '/books', '/books/', '/profile', '/v3', '/actuator/health'])(
    '%s leads to something',
    (path) => {
      expect(doors(path)).toEqual([]);
    },
  );

  it.each(['/book', '/bookshelves'])('%s, under which its service has nothing, is a fault', (path) => {
    const [fault, ...others] = doors(path);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ rule: 'route-path', severity: 'fault', about: path });
    expect(fault!.what).toContain('the nearest is /books');
  });

  it('one to a service that is not among the modules is a note', () => {
    expect(doors('/mail', 'mail')).toMatchObject([
      { rule: 'route-unchecked', severity: 'note', about: '/mail' },
    ]);
  });

  it('one that waits less than a call of its service may take is a fault', () => {
    expect(doors('/books', 'library', 1_999)).toMatchObject([
      {
        rule: 'route-time',
        severity: 'fault',
        what: expect.stringMatching(/waits 1.999 s .* may wait 2 s for press/),
      },
    ]);
    expect(doors('/books', 'library', 2_000)).toEqual([]);
  });
});

describe('what only one may have', () => {
  const one = (name: string, port: number) => defineService({ name, port });

  it('a name is a fault, because it is the consumer group too', () => {
    const findings = definitionFindings([one('library', 1), one('library', 2), one('press', 3)]);
    expect(findings).toMatchObject([{ rule: 'name-twice', severity: 'fault', service: 'library' }]);
  });

  it('a port is a note, because PORT may say otherwise; 0 is any', () => {
    const findings = definitionFindings([one('a', 1), one('b', 1), one('c', 0), one('d', 0)]);
    expect(findings).toMatchObject([{ rule: 'port-twice', severity: 'note', service: 'a' }]);
    expect(findings[0]!.what).toContain('a and b listen on 1');
  });

  it('the same service named twice is one', () => {
    const press = one('press', 1);
    expect(definitionFindings([press, press])).toEqual([]);
  });
});
