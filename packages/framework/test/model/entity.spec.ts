import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidStateError } from '../../src/kernel/errors/model-errors.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { create, fieldsOf, restore, setBaseline, snapshot } from '../../src/model/entity.js';
import { ReadModel } from '../../src/model/view-handler.js';

const state = z.object({
  product: z.string().min(1),
  qty: z.int().positive().default(1),
  tags: z.array(z.string()).default([]),
  address: z.object({ street: z.string() }).optional(),
  due: z.date().optional(),
});

class Order extends AggregateRoot(state) {
  double() {
    this.qty *= 2;
  }
}
class Trace extends ReadModel(z.object({ status: z.string().nullable().default(null) })) {}

const stored = (fields: object = {}) =>
  restore(Order, { id: 7, version: 3 }, { product: 'tea', qty: 2, tags: ['hot'], ...fields });

describe('a new entity', () => {
  it('has the fields of its schema, with defaults, and nothing else', () => {
    const order = new Order({ product: 'tea', colour: 'green' } as never);
    expect({ ...order }).toEqual({ product: 'tea', qty: 1, tags: [] });
    expect(order).toMatchObject({ id: 0, version: 0 });
  });

  it('refuses what its schema refuses, naming each field', () => {
    const making = () => new Order({ product: '', qty: -1 });
    expect(making).toThrow(InvalidStateError);
    expect(making).toThrow(/^Order would break its schema: \/product: .*; \/qty: /);
  });

  it('cannot be given an id, a version or a behaviour by its input', () => {
    class Loose extends AggregateRoot(z.looseObject({ product: z.string() })) {
      cancel() {
        return 'cancelled';
      }
    }
    const loose = new Loose(
      JSON.parse('{"product":"tea","id":9,"version":9,"cancel":1,"__proto__":{"cancel":2}}'),
    );
    expect(loose).toMatchObject({ product: 'tea', id: 0, version: 0 });
    expect(loose.cancel()).toBe('cancelled');
    expect(loose).toBeInstanceOf(Loose);
  });

  it('has changed in every field that has a value', () => {
    const order = new Order({ product: 'tea' });
    expect(order.changed('product')).toBe(true);
    expect(order.changed('address')).toBe(false);
    expect(order.previous('product')).toBeUndefined();
  });

  it('does not share its lists with what it was made from, nor with another', () => {
    const input = { product: 'tea', tags: ['a'] };
    const [one, two] = [new Order(input), new Order({ product: 'tea' })];
    one.tags.push('b');
    new Order({ product: 'tea' }).tags.push('c');
    expect(input.tags).toEqual(['a']);
    expect(two.tags).toEqual([]);
    expect(new Order({ product: 'tea' }).tags).toEqual([]);
  });

  it('made of trusted fields is not checked again', () => {
    expect(create(Order, { product: '' }).product).toBe('');
  });

  it('of a read model needs no input', () => {
    expect({ ...new Trace({}) }).toEqual({ status: null });
  });
});

describe('a stored entity', () => {
  it('has its id and version and has not changed', () => {
    const order = stored();
    expect(order).toBeInstanceOf(Order);
    expect(order).toMatchObject({ id: 7, version: 3, product: 'tea', qty: 2 });
    expect(['product', 'qty', 'tags', 'due'].filter((field) => order.changed(field as 'qty'))).toEqual([]);
  });

  it('is trusted: a schema that has become stricter does not keep it from being read', () => {
    expect(stored({ qty: -5 }).qty).toBe(-5);
  });

  it('tells what has changed, and from what', () => {
    const order = stored();
    order.double();
    expect(order.changed('qty')).toBe(true);
    expect(order.previous('qty')).toBe(2);
    expect(order.changed('product')).toBe(false);
    order.qty = 2;
    expect(order.changed('qty')).toBe(false);
  });

  it.each<[string, 'tags' | 'address' | 'due', (order: Order) => void]>([
    ['a list that grows', 'tags', (order) => order.tags.push('cold')],
    ['an element of a list', 'tags', (order) => (order.tags[0] = 'cold')],
    ['an object inside', 'address', (order) => (order.address!.street = 'Low Street')],
    ['a date', 'due', (order) => order.due!.setFullYear(2000)],
    ['a field that is taken away', 'address', (order) => delete order.address],
  ])('sees a change in place: %s', (_, field, change) => {
    const order = stored({ address: { street: 'High Street' }, due: new Date(0) });
    const before = snapshot({ ...order })[field];
    change(order);
    expect(order.changed(field)).toBe(true);
    expect(order.previous(field)).toEqual(before);
  });

  it('compares with the state that was made its baseline last', () => {
    const order = stored();
    order.tags.push('cold');
    setBaseline(order, fieldsOf(order, state));
    expect(order.changed('tags')).toBe(false);
    order.tags.pop();
    expect(order.changed('tags')).toBe(true);
    expect(order.previous('tags')).toEqual(['hot', 'cold']);
  });

  it('does not let its id or version be set', () => {
    expect(() => Object.assign(stored(), { id: 8 })).toThrow(TypeError);
    expect(() => Object.assign(stored(), { version: 8 })).toThrow(TypeError);
  });
});
