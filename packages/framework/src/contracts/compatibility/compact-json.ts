import { sortedFields } from '../sorted-json.js';

const WIDTH = 120;

/** JSON with its names in order, and what is short in one line: of a large document it gives a diff that can be read. */
export function compactJson(value: unknown): string {
  return `${written(sortedFields(value), '', 0)}\n`;
}

function written(value: unknown, indent: string, taken: number): string {
  const line = inLine(value);
  if (indent.length + taken + line.length <= WIDTH || typeof value !== 'object' || value === null)
    return line;
  const inside = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((one) => `${inside}${written(one, inside, 1)}`).join(',\n')}\n${indent}]`;
  const fields = Object.entries(value).map(([name, one]) => {
    const label = `${JSON.stringify(name)}: `;
    return `${inside}${label}${written(one, inside, label.length + 1)}`;
  });
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function inLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  const fields = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${inLine(one)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
