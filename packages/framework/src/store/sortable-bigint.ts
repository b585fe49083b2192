/** How many digits the number of digits has: as many as `MAX_BIGINT_DIGITS`. */
export const DIGITS_OF_LENGTH = 5;

/**
 * Text of an integer that sorts (by bytes) as the integers do, so that an engine without integers of any size compares, sorts and indexes it
 * rightly: `p`, the number of digits, `:`, the digits; for a negative one `n` and each digit taken from 9. 42 is `p00002:42`, −42 is `n99997:57`.
 */
export function toSortable(value: bigint): string {
  const digits = String(value < 0n ? -value : value);
  const text = `${String(digits.length).padStart(DIGITS_OF_LENGTH, '0')}:${digits}`;
  return value < 0n ? `n${complement(text)}` : `p${text}`;
}

/** The integer of a text that {@link toSortable} made. */
export function fromSortable(text: string): bigint {
  const digits = text.slice(DIGITS_OF_LENGTH + 2);
  return text.startsWith('n') ? -BigInt(complement(digits)) : BigInt(digits);
}

function complement(text: string): string {
  return text.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));
}
