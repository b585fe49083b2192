import type { z } from 'zod';
import { toJson } from '../../kernel/exact-json.js';

/** What can be true of a provider, by its sentence; the schema says what can be chosen of it. */
export type StateSchemas = Readonly<Record<string, z.ZodObject>>;

/** One state, as an interaction asks for it. */
export interface GivenState {
  /** The service that is to be in it. */
  readonly provider: string;
  readonly name: string;
  /** What was chosen, as it stands in the pact: an instant is a text. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Without an argument where nothing must be chosen, or nothing can. */
type Choices<Z extends z.ZodObject> =
  object extends z.input<Z>
    ? [params?: z.input<Z>]
    : z.input<Z> extends Record<string, never>
      ? [params?: z.input<Z>]
      : [params: z.input<Z>];

/** The states of one provider: each is a function of what can be chosen. */
export type ProviderStates<S extends StateSchemas> = {
  readonly [N in keyof S & string]: ((...params: Choices<S[N]>) => GivenState) & {
    /** Of what can be chosen: the provider makes of the pact's JSON again what its handler takes. */
    readonly schema: S[N];
  };
};

/** What puts a provider into its states; none may be missing. */
export type StateHandlers<P, World> =
  P extends ProviderStates<infer S>
    ? { readonly [N in keyof S & string]: (world: World, params: z.output<S[N]>) => Promise<unknown> }
    : never;

/**
 * Declares the states of a provider, once for its consumers, which ask for them, and for itself, which must get there. Only words and types: how it gets there
 * is the provider's own affair. Give each choice a default, so that consumers say only what they care for, and pacts that are older than a choice still fit.
 * Choices travel as JSON in the pact, and are read with the same schema on the other side: it must take what it gives, so no transforms.
 * @example
 * export const states = {
 *   payment: providerStates('payment', { 'a payment was approved': z.object({ orderId: z.number().int().default(2) }) }),
 * };
 */
export function providerStates<const S extends StateSchemas>(
  provider: string,
  schemas: S,
): ProviderStates<S> {
  const states = Object.entries(schemas).map(([name, schema]) => [
    name,
    Object.assign(
      (params: unknown = {}): GivenState => ({
        provider,
        name,
        params: JSON.parse(toJson(schema.parse(params))) as GivenState['params'],
      }),
      { schema },
    ),
  ]);
  // made of the entries of what the type is made of
  return Object.fromEntries(states) as ProviderStates<S>;
}
