import type { z } from 'zod';
import type { AggregateBase } from './aggregate-root.js';
import { MetadataKey, listCopy } from './metadata.js';
import type { MethodDescriptor } from './method-descriptor.js';

export type CommandMethod = 'POST' | 'PUT' | 'DELETE';

/** A behaviour that can be reached over HTTP. */
export interface CommandNote {
  readonly httpMethod: CommandMethod;
  readonly path: string;
  readonly body: z.ZodType | undefined;
  readonly method: string;
}

const commandNote = new MetadataKey<CommandNote[]>('commands', listCopy);

type Behaviour<A extends unknown[]> = (
  target: AggregateBase,
  method: string,
  descriptor: MethodDescriptor<(...args: A) => unknown>,
) => void;

/**
 * Makes a behaviour method reachable as `{httpMethod} /{collection}/{id}/{path}`. The aggregate is loaded, the method runs, what
 * changed is committed; the answer is the aggregate. With a `body` schema the method gets the checked body.
 * @example @Command('PUT', 'cancel') cancel() { this.status = 'OrderCancelled'; }
 */
export function Command(httpMethod: CommandMethod, path: string): Behaviour<[]>;
export function Command<B extends z.ZodType>(
  httpMethod: CommandMethod,
  path: string,
  options: { readonly body: B },
): Behaviour<[body: z.output<B>]>;
export function Command(httpMethod: CommandMethod, path: string, options?: { readonly body: z.ZodType }) {
  return (target: AggregateBase, method: string) =>
    commandNote.change(target, (notes) => {
      const note = { httpMethod, path, body: options?.body, method };
      const same = (one: CommandNote) =>
        one.method === method && one.httpMethod === httpMethod && one.path === path;
      // a subclass that overrides a behaviour and decorates it again takes the place of the inherited one
      return [...notes.filter((one) => !same(one)), note];
    });
}

export function commandsOf(aggregate: { readonly prototype: object }): readonly CommandNote[] {
  return commandNote.of(aggregate.prototype) ?? [];
}
