type Fields = Readonly<Record<string, unknown>>;

/**
 * A merge patch (RFC 7396) on the fields of an item: null takes a field away, objects are merged, everything else
 * replaces. A field that knows null (`nullable`) becomes null instead.
 */
export function mergePatched(current: Fields, patch: Fields, nullable: ReadonlySet<string>): Fields {
  const merged: Record<string, unknown> = { ...current };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null && nullable.has(name)) merged[name] = null;
    else set(merged, name, value);
  }
  return merged;
}

function set(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value === null) delete target[name];
  else define(target, name, isObject(value) ? mergedObject(own(target, name), value) : value);
}

function mergedObject(target: unknown, patch: Fields): Fields {
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) set(result, name, value);
  return result;
}

/** Assigning `__proto__` would change what the object is. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function own(target: Fields, name: string): unknown {
  return Object.hasOwn(target, name) ? target[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
