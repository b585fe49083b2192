import type { JsonSchema } from '../../model/json-schema.js';
import { type Definitions, type Misfit, misfits } from '../misfits.js';
import { asRead } from './as-read.js';

/** As `misfits`, for somebody who reads as this framework does. */
export function readMisfits(
  sent: JsonSchema,
  accepted: JsonSchema,
  definitions: { readonly sent?: Definitions; readonly accepted?: Definitions } = {},
): Misfit[] {
  const known = definitions.accepted;
  const found = misfits(sent, asRead(accepted), {
    ...definitions,
    ...(known && {
      accepted: (ref) => {
        const schema = known(ref);
        return schema && asRead(schema);
      },
    }),
  });
  if (!found.some(isOfText)) return found;
  // that any text comes where a number is wanted is a matter of its type, though some texts would be taken
  const ofType = misfits(sent, accepted, definitions).filter(({ kind }) => kind === 'type');
  const byPath = new Map(ofType.map((one) => [one.path, one]));
  return found.map((one) => (isOfText(one) && byPath.get(one.path)) || one);
}

/** Whether two texts are alike cannot be told of two patterns or formats that differ. */
export function isFormat({ kind }: Misfit): boolean {
  return kind === 'format';
}

function isOfText({ kind }: Misfit): boolean {
  return kind === 'format' || kind === 'values';
}
