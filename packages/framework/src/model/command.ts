import type { z } from 'zod';
import type { AggregateBase } from './aggregate-root.js';
import { MetadataKey, listCopy } from './metadata.js';

export type CommandMethod = 'POST' | 'PUT' | 'DELETE';

/** A behaviour that can be reached over HTTP. */
export interface CommandNote {
  readonly httpMethod: CommandMethod;
  readonly path: string;
  readonly body: z.ZodType | undefined;
  readonly method: string;
}

const commandNote = new MetadataKey<CommandNote[]>('commands', listCopy);

type Behaviour<A extends unknown[]> =
  | TypedPropertyDescriptor<(...args: A) => void>
  | TypedPropertyDescriptor<(...args: A) => Promise<void>>;

/**
 * Makes a behaviour method reachable as `{httpMethod} /{collection}/{id}/{path}`. The aggregate is loaded, the method runs, what
 * changed is committed; the answer is the aggregate. With a `body` schema the method gets the checked body.
 * @example @Command('PUT', 'cancel') cancel() { this.status = 'OrderCancelled'; }
 */
export function Command(
  httpMethod: CommandMethod,
  path: string,
): (target: AggregateBase, method: string, descriptor: Behaviour<[]>) => void;
export function Command<B extends z.ZodType>(
  httpMethod: CommandMethod,
  path: string,
  options: { readonly body: B },
): (target: AggregateBase, method: string, descriptor: Behaviour<[body: z.output<B>]>) => void;
export function Command(httpMethod: CommandMethod, path: string, options?: { readonly body: z.ZodType }) {
  return (target: AggregateBase, method: string) =>
    commandNote.change(target, (notes) => {
      notes.push({ httpMethod, path, body: options?.body, method });
    });
}

export function commandsOf(aggregate: { readonly prototype: object }): readonly CommandNote[] {
  return commandNote.of(aggregate.prototype) ?? [];
}
