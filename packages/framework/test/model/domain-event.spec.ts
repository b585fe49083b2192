import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidEventError, NoUnitOfWorkError } from '../../src/kernel/errors/model-errors.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { ambient, inject } from '../../src/model/ambient.js';
import { DomainEvent, receivedEvent } from '../../src/model/domain-event.js';

const schema = z.object({
  id: z.int(),
  product: z.string().min(1),
  note: z.string().nullable().optional(),
  tags: z.array(z.object({ name: z.string() })).default([]),
});

class Placed extends DomainEvent('Placed', schema, { key: (e) => e.id }) {}
class Order extends AggregateRoot(
  z.object({
    product: z.string(),
    tags: z.array(z.object({ name: z.string() })).default([]),
    secret: z.string(),
  }),
) {}

describe('a domain event', () => {
  it('copies the fields of its schema from an aggregate, the id included, and no others', () => {
    const event = new Placed(new Order({ product: 'tea', secret: 'recipe' }));
    expect({ ...event }).toEqual({ id: 0, product: 'tea', tags: [] });
  });

  it('copies them from a plain object, from another event, and from getters', () => {
    const plain = new Placed({ id: 1, product: 'tea', more: true } as never);
    class Source {
      id = 2;
      get product() {
        return 'coffee';
      }
    }
    expect({ ...plain }).toEqual({ id: 1, product: 'tea', tags: [] });
    expect({ ...new Placed(plain) }).toEqual({ ...plain });
    expect({ ...new Placed(new Source()) }).toEqual({ id: 2, product: 'coffee', tags: [] });
  });

  it('keeps null, and leaves out what is undefined', () => {
    expect({ ...new Placed({ id: 1, product: 'tea', note: null }) }).toHaveProperty('note', null);
    expect({ ...new Placed({ id: 1, product: 'tea', note: undefined }) }).not.toHaveProperty('note');
  });

  it('that does not fit its schema is not made, and says which fields', () => {
    const making = () => new Placed({ id: 1.5, product: '' });
    expect(making).toThrow(InvalidEventError);
    expect(making).toThrow(/^event Placed is not valid: \/id: .*; \/product: /);
  });

  it('cannot be changed, not even inside', () => {
    const event = new Placed({ id: 1, product: 'tea', tags: [{ name: 'hot' }] });
    expect(() => Object.assign(event, { product: 'x' })).toThrow(TypeError);
    expect(() => (event.tags as object[]).push({})).toThrow(TypeError);
    expect(() => Object.assign(event.tags[0]!, { name: 'x' })).toThrow(TypeError);
  });

  it('is independent of its source: neither freezes or changes the other', () => {
    const open = z.object({ id: z.int(), anything: z.unknown() });
    class Open extends DomainEvent('Open', open, { key: (e) => e.id }) {}
    const source = { id: 1, anything: { list: [1] } };
    const event = new Open(source);
    source.anything.list.push(2);
    expect(event.anything).toEqual({ list: [1] });
  });

  it('keeps a loose schema from replacing what the class can do', () => {
    class Loose extends DomainEvent('Loose', z.looseObject({ id: z.int() }), { key: (e) => e.id }) {}
    const identity = { eventId: 'x', occurredAt: new Date(0) };
    const event = receivedEvent(Loose, { id: 1, publishAfterCommit: 'no', identity: 'mine' }, identity);
    expect(event.identity).toEqual(identity);
    expect(() => event.publishAfterCommit()).toThrow(NoUnitOfWorkError);
  });

  it('knows by what it was received, and nothing of that when it is our own', () => {
    const identity = { eventId: '/order/1', occurredAt: new Date(0) };
    expect(receivedEvent(Placed, { id: 1, product: 'tea', tags: [] }, identity).identity).toEqual(identity);
    expect(new Placed({ id: 1, product: 'tea' }).identity).toBeUndefined();
  });

  it('has its type, schema and key on the class', () => {
    expect(Placed.eventType).toBe('Placed');
    expect(Placed.schema).toBe(schema);
    expect(Placed.keyOf(new Placed({ id: 5, product: 'tea' }))).toBe(5);
  });
});

describe('outside of a unit of work', () => {
  const injector = { resolve: () => undefined as never };

  it('nothing is published', () => {
    const event = new Placed({ id: 1, product: 'tea' });
    expect(() => event.publishAfterCommit()).toThrow(NoUnitOfWorkError);
    expect(() => event.publishAfterCommit()).toThrow(
      'Placed.publishAfterCommit() was used outside of a unit of work',
    );
    expect(() => ambient.run({ injector }, () => event.publishAfterCommit())).toThrow(NoUnitOfWorkError);
  });

  it('nothing is injected', () => {
    expect(() => inject(Order)).toThrow(NoUnitOfWorkError);
  });
});
