import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Aggregate, collectionNote } from '../../src/model/aggregate.js';
import { AggregateRoot } from '../../src/model/aggregate-root.js';
import { Command, commandsOf } from '../../src/model/command.js';
import { DomainEvent } from '../../src/model/domain-event.js';
import { handlerNote, reactionNote } from '../../src/model/handler-note.js';
import {
  PostPersist,
  PostRemove,
  PostUpdate,
  PrePersist,
  PreRemove,
  PreUpdate,
  hooksOf,
} from '../../src/model/lifecycle-hooks.js';
import { PolicyHandler, Whenever } from '../../src/model/policy-handler.js';

const fields = z.object({ id: z.int() });
class Placed extends DomainEvent('Placed', fields, { key: (e) => e.id }) {}
class Paid extends DomainEvent('Paid', fields, { key: (e) => e.id }) {}

@Aggregate({ collection: 'orders', indexes: ['product'] })
class Order extends AggregateRoot(z.object({ product: z.string() })) {
  @PrePersist() @PreUpdate() check() {}
  @PostPersist() placed() {}
  @PostUpdate() updated() {}
  @PreRemove() mayGo() {}
  @PostRemove() gone() {}
  @Command('PUT', 'cancel') cancel() {}
}

@Aggregate({ collection: 'express', unique: ['product'] })
class ExpressOrder extends Order {
  @PostPersist() hurry() {}
  @PostPersist() override placed() {}
  @Command('POST', 'speed') speed() {}
  @Command('PUT', 'cancel') override cancel() {}
}

@PolicyHandler({ attempts: 3 })
class Policies {
  @Whenever(Placed) onPlaced(_given: Placed) {}
}
@PolicyHandler({ id: 'more' })
class MorePolicies extends Policies {
  @Whenever(Paid) onPaid(_given: Paid) {}
  @Whenever(Placed) override onPlaced(_given: Placed) {}
}

const reactionsOf = (handler: { prototype: object }) =>
  (reactionNote.of(handler.prototype) ?? []).map(({ event, method }) => [event.eventType, method]);

describe('what decorators note down', () => {
  it('of a subclass does not change the class that it extends', () => {
    expect(hooksOf(new Order({ product: 'tea' }), 'PostPersist')).toEqual(['placed']);
    expect(commandsOf(Order).map(({ path }) => path)).toEqual(['cancel']);
    expect(collectionNote.of(Order)).toMatchObject({ collection: 'orders' });
    expect(handlerNote.of(Policies)).toEqual({ kind: 'policy', id: 'Policies', attempts: 3 });
    expect(reactionsOf(Policies)).toEqual([['Placed', 'onPlaced']]);
  });

  it('is inherited, that of the base class first', () => {
    const express = new ExpressOrder({ product: 'tea' });
    expect(hooksOf(express, 'PostPersist')).toEqual(['placed', 'hurry']);
    expect(hooksOf(express, 'PreUpdate')).toEqual(['check']);
    expect(hooksOf(express, 'PrePersist')).toEqual(['check']);
    expect(hooksOf(express, 'PostUpdate')).toEqual(['updated']);
    expect(hooksOf(express, 'PreRemove')).toEqual(['mayGo']);
    expect(hooksOf(express, 'PostRemove')).toEqual(['gone']);
  });

  it('of an overriding method that is decorated again counts once', () => {
    expect(commandsOf(ExpressOrder).map(({ httpMethod, path }) => `${httpMethod} ${path}`)).toEqual([
      'POST speed',
      'PUT cancel',
    ]);
    expect(reactionsOf(MorePolicies)).toEqual([
      ['Paid', 'onPaid'],
      ['Placed', 'onPlaced'],
    ]);
  });

  it('about the class itself is the own word of each class', () => {
    expect(handlerNote.of(MorePolicies)).toEqual({ kind: 'policy', id: 'more' });
    expect(collectionNote.of(ExpressOrder)).toEqual({
      collection: 'express',
      finders: {},
      indexes: [{ columns: ['product'], unique: true }],
    });
  });

  it('of two subclasses is not mixed', () => {
    class One extends Order {
      @PostPersist() one() {}
    }
    class Two extends Order {
      @PostPersist() two() {}
    }
    expect(hooksOf(new One({ product: 'x' }), 'PostPersist')).toEqual(['placed', 'one']);
    expect(hooksOf(new Two({ product: 'x' }), 'PostPersist')).toEqual(['placed', 'two']);
  });

  it('says of a collection which fields are searched by, each finder with an index', () => {
    @Aggregate({
      collection: 'books',
      finders: { findByTitle: ['title'], findBoth: ['title', 'year'] },
      indexes: [['year', 'title']],
      unique: ['isbn'],
    })
    class Book extends AggregateRoot(
      z.object({ title: z.string(), year: z.int().optional(), isbn: z.string() }),
    ) {}
    expect(collectionNote.of(Book)).toEqual({
      collection: 'books',
      finders: { findByTitle: ['title'], findBoth: ['title', 'year'] },
      indexes: [
        { columns: ['isbn'], unique: true },
        { columns: ['year', 'title'], unique: false },
        { columns: ['title'], unique: false },
        { columns: ['title', 'year'], unique: false },
      ],
    });
  });
});
