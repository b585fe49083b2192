import { isDeepStrictEqual } from 'node:util';
import { Pointer, applyPatch } from 'rfc6902';
import { z } from 'zod';
import { InvalidInputError } from '../../kernel/errors/model-errors.js';
import { PatchTestFailedError } from '../../kernel/errors/request-errors.js';
import { fieldErrors } from '../../model/field-errors.js';
import { isTooDeep } from '../nesting.js';

/** A patch with more operations than this is not taken. */
const MAX_OPERATIONS = 1000;
/** What the `copy` operations of a patch may add together, in characters of JSON: doubling would else have no end. */
const MAX_COPIED = 1024 * 1024;

const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'must be a JSON pointer');
const value = z.custom<unknown>((given) => given !== undefined, 'is missing');
const operations = z
  .array(
    z.discriminatedUnion('op', [
      z.object({ op: z.literal(['add', 'replace', 'test']), path: pointer, value }),
      z.object({ op: z.literal(['move', 'copy']), path: pointer, from: pointer }),
      z.object({ op: z.literal('remove'), path: pointer }),
    ]),
  )
  .max(MAX_OPERATIONS);

type PatchOperation = z.output<typeof operations>[number];

/**
 * A copy of a JSON document with a patch (RFC 6902) applied: all of it or nothing.
 * @throws PatchTestFailedError when a `test` does not hold
 * @throws InvalidInputError when the patch is none, or does not fit the document
 */
export function jsonPatched(what: string, document: object, patch: unknown): unknown {
  const parsed = operations.safeParse(patch);
  if (!parsed.success) throw new InvalidInputError(`the patch for ${what}`, fieldErrors(parsed.error));
  const root = { document: JSON.parse(JSON.stringify(document)) as unknown };
  let copied = 0;
  parsed.data.forEach((operation, index) => {
    if (operation.op === 'copy') copied += sizeAt(root, operation.from);
    if (copied > MAX_COPIED) throw misfit(what, index, 'copies too much');
    apply(what, root, operation, index);
    if (operation.op === 'move' && isTooDeep(root)) throw misfit(what, index, 'nests too deep');
  });
  return root.document;
}

function apply(what: string, root: object, operation: PatchOperation, index: number): void {
  if (operation.op === 'test') {
    // the library compares arrays by all pairs of their elements, which a client could make very long
    if (!isDeepStrictEqual(at(root, operation.path), operation.value))
      throw new PatchTestFailedError(what, operation.path);
    return;
  }
  // below a root of our own, so that the path "" is a place like any other; the schema above knows what the library calls an operation
  const [failure] = applyPatch(root, [below(operation) as Parameters<typeof applyPatch>[1][number]]);
  if (failure) throw misfit(what, index, `${operation.op} finds nothing at ${operation.path || '/'}`);
}

function below(operation: PatchOperation): object {
  const path = `/document${operation.path}`;
  return 'from' in operation
    ? { ...operation, path, from: `/document${operation.from}` }
    : { ...operation, path };
}

function at(root: object, path: string): unknown {
  return Pointer.fromJSON(`/document${path}`).get(root) as unknown;
}

function sizeAt(root: object, path: string): number {
  return JSON.stringify(at(root, path))?.length ?? 0;
}

function misfit(what: string, index: number, detail: string): InvalidInputError {
  return new InvalidInputError(`the patch for ${what}`, [{ pointer: `/${index}`, detail }]);
}
