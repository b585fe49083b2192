const DIGITS_OF_LENGTH = 5;

/**
 * Text of an integer that sorts (by bytes) as the integers do, so that SQLite compares, sorts and indexes it rightly: `p`, the number of
 * digits, `:`, the digits; for a negative one `n` and each digit taken from 9. 42 is `p00002:42`, −42 is `n99997:57`.
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

/** SQL that makes the sortable text of a decimal one. */
export function sqlToSortable(decimal: string): string {
  const negative = `'n' || ${sqlComplement(sqlWithLength(`substr(${decimal}, 2)`))}`;
  return `CASE WHEN substr(${decimal}, 1, 1) = '-' THEN ${negative} WHEN ${decimal} IS NOT NULL THEN 'p' || ${sqlWithLength(decimal)} END`;
}

/** SQL that makes the decimal text of a sortable one. */
export function sqlFromSortable(sortable: string): string {
  const digits = `substr(${sortable}, ${DIGITS_OF_LENGTH + 3})`;
  return `CASE WHEN ${sortable} < 'o' THEN '-' || ${sqlComplement(digits)} ELSE ${digits} END`;
}

function complement(text: string): string {
  return text.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));
}

function sqlWithLength(digits: string): string {
  return `printf('%0${DIGITS_OF_LENGTH}d:%s', length(${digits}), ${digits})`;
}

function sqlComplement(text: string): string {
  // by way of letters, or the second replacement would undo the first
  const letters = 'abcdefghij'.split('');
  const lettered = letters.reduce((sql, letter, digit) => `replace(${sql}, '${digit}', '${letter}')`, text);
  return letters.reduce((sql, letter, digit) => `replace(${sql}, '${letter}', '${9 - digit}')`, lettered);
}
