import { DIGITS_OF_LENGTH } from '../sortable-bigint.js';

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

function sqlWithLength(digits: string): string {
  return `printf('%0${DIGITS_OF_LENGTH}d:%s', length(${digits}), ${digits})`;
}

function sqlComplement(text: string): string {
  // by way of letters, or the second replacement would undo the first
  const letters = 'abcdefghij'.split('');
  const lettered = letters.reduce((sql, letter, digit) => `replace(${sql}, '${digit}', '${letter}')`, text);
  return letters.reduce((sql, letter, digit) => `replace(${sql}, '${letter}', '${9 - digit}')`, lettered);
}
