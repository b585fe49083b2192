import type { z } from 'zod';
import type { PactFile, PactInteraction, ProviderState } from '../../contracts/pact-file.js';
import { coerced } from '../../model/coercion.js';
import { IN_PLAIN_WORDS, fieldErrors } from '../../model/field-errors.js';
import { assertReached } from './assert-reached.js';

type Params = Readonly<Record<string, unknown>>;

/** The states of a provider without their types: here they are only known by the names in a pact. */
export interface KnownStates<World> {
  readonly schemas: Readonly<Record<string, { readonly schema: z.ZodObject } | undefined>>;
  readonly handlers: Readonly<
    Record<string, ((world: World, params: Params) => Promise<unknown>) | undefined>
  >;
}

/** Brings a provider into the states that an interaction asks for, one after the other. @throws Error that says why it is not there */
export async function reachStates<World extends { readonly url: string }>(
  { consumer, provider }: PactFile,
  { providerStates = [] }: PactInteraction,
  world: World,
  { schemas, handlers }: KnownStates<World>,
): Promise<void> {
  for (const state of providerStates) {
    const asks = `${consumer.name} asks ${provider.name} for the state "${state.name}"`;
    const schema = schemas[state.name]?.schema;
    const reach = handlers[state.name];
    if (!schema || !reach) throw new Error(`${asks}, which nobody has declared`);
    const outcome = await reach(world, chosen(schema, state, asks));
    await assertReached(`the state "${state.name}" of ${provider.name}`, outcome, world.url);
  }
}

/** What was chosen, as the schema has it: the pact has it as JSON, and may be older than the schema. */
function chosen(schema: z.ZodObject, { params = {} }: ProviderState, asks: string): Params {
  const parsed = schema.safeParse(coerced(schema, params), IN_PLAIN_WORDS);
  if (parsed.success) return parsed.data;
  const misfits = fieldErrors(parsed.error).map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
  throw new Error(
    `${asks} with choices that it does not have: ${misfits.join('; ')}. Give new choices a default, or let the consumer write its pact anew.`,
  );
}
