import type { JsonSchema } from '../../model/json-schema.js';
import type { Alternative } from './alternatives.js';
import { type Misfit, misfit } from './misfit.js';
import type { NumberKeywords } from './value-keywords.js';

interface Bound {
  readonly at: number;
  /** That very number is not meant. */
  readonly isOpen: boolean;
}

/**
 * Numbers that are sent against the keywords for numbers. A whole number that is sent is one that a double holds exactly: a larger one
 * travels as text.
 */
export function numberMisfits(path: string, { type, parts }: Alternative, accepted: JsonSchema): Misfit[] {
  const sent = parts.map(({ schema }) => schema as NumberKeywords);
  const unnamed = type === 'integer' ? Number.MAX_SAFE_INTEGER : Infinity;
  const found: Misfit[] = [];
  const least = highest([{ at: -unnamed, isOpen: false }, ...sent.map(lower)]);
  const wantedLeast = lower(accepted as NumberKeywords);
  if (isWider(least, wantedLeast, type === 'integer')) {
    const is =
      least.at === -unnamed
        ? `may be any number below ${wantedLeast.at}`
        : `may be ${inWords(least, 'more')}`;
    found.push(misfit(path, 'range', is, `be ${inWords(wantedLeast, 'more')}`));
  }
  const most = highest([{ at: -unnamed, isOpen: false }, ...sent.map(upper).map(mirrored)]);
  const wantedMost = mirrored(upper(accepted as NumberKeywords));
  if (isWider(most, wantedMost, type === 'integer')) {
    const is =
      most.at === -unnamed
        ? `may be any number above ${-wantedMost.at}`
        : `may be ${inWords(mirrored(most), 'less')}`;
    found.push(misfit(path, 'range', is, `be ${inWords(mirrored(wantedMost), 'less')}`));
  }
  const { multipleOf } = accepted as NumberKeywords;
  const steps = [...(type === 'integer' ? [1] : []), ...sent.flatMap((part) => part.multipleOf ?? [])];
  if (multipleOf !== undefined && !steps.some((step) => Number.isInteger(step / multipleOf)))
    found.push(misfit(path, 'range', `may be no multiple of ${multipleOf}`, 'be one'));
  return found;
}

/** Whether something is above the one that is not above the other. Of whole numbers, more than 0 is 1 or more. */
function isWider(sent: Bound, wanted: Bound, isWhole: boolean): boolean {
  if (isWhole) return firstWhole(sent) < firstWhole(wanted);
  return sent.at < wanted.at || (sent.at === wanted.at && wanted.isOpen && !sent.isOpen);
}

function firstWhole({ at, isOpen }: Bound): number {
  return isOpen ? Math.floor(at) + 1 : Math.ceil(at);
}

function lower({ minimum = -Infinity, exclusiveMinimum = -Infinity }: NumberKeywords): Bound {
  return highest([
    { at: minimum, isOpen: false },
    { at: exclusiveMinimum, isOpen: true },
  ]);
}

function upper({ maximum = Infinity, exclusiveMaximum = Infinity }: NumberKeywords): Bound {
  return mirrored(
    highest([
      { at: -maximum, isOpen: false },
      { at: -exclusiveMaximum, isOpen: true },
    ]),
  );
}

const mirrored = ({ at, isOpen }: Bound): Bound => ({ at: -at, isOpen });

function highest(bounds: readonly Bound[]): Bound {
  return bounds.reduce((one, other) =>
    other.at > one.at || (other.at === one.at && other.isOpen) ? other : one,
  );
}

const inWords = ({ at, isOpen }: Bound, side: 'more' | 'less') =>
  isOpen ? `${side} than ${at}` : `${at} or ${side}`;
