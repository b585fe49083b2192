import type { AggregateBase } from './aggregate-root.js';
import { MetadataKey } from './metadata.js';
import type { MethodDescriptor } from './method-descriptor.js';

/** When a hook runs. All run before the commit: what one throws undoes everything. */
export type Hook = 'PrePersist' | 'PostPersist' | 'PreUpdate' | 'PostUpdate' | 'PreRemove' | 'PostRemove';

const hookNote = new MetadataKey<Partial<Record<Hook, readonly string[]>>>('hooks', (inherited) => ({
  ...inherited,
}));

const hook =
  (name: Hook) =>
  () =>
  (target: AggregateBase, method: string, _descriptor: MethodDescriptor<() => unknown>): void =>
    hookNote.change(target, (hooks) => {
      const methods = hooks[name] ?? [];
      // a subclass that overrides a hook and decorates it again has one hook, not two
      if (!methods.includes(method)) hooks[name] = [...methods, method];
    });

/** Before a new aggregate is validated; its id is known. Set what the service decides here. */
export const PrePersist = hook('PrePersist');
/** When a new aggregate is valid. The place for its event, and for calls that must succeed or there is no aggregate. */
export const PostPersist = hook('PostPersist');
/** Before a changed aggregate is validated. The place for rules on what may change: throw a `DomainError`. */
export const PreUpdate = hook('PreUpdate');
/** When a changed aggregate is valid: `this.changed('status')` tells what differs. The place for its events. */
export const PostUpdate = hook('PostUpdate');
/** Before an aggregate is removed. The place for rules on that: throw a `DomainError`. */
export const PreRemove = hook('PreRemove');
/** When an aggregate is to be removed with the commit. The place for its event. */
export const PostRemove = hook('PostRemove');

/** The names of the methods that run at that moment, base class first. */
export function hooksOf(aggregate: AggregateBase, name: Hook): readonly string[] {
  return hookNote.of(Object.getPrototypeOf(aggregate) as object)?.[name] ?? [];
}
