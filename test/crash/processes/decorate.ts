/**
 * Puts a decorator on a method. Node runs these scripts as they are: it strips types, and knows no `@decorators`.
 * Those on classes need no help: `Aggregate({ … })(Sale)`.
 */
export function decorate<C extends { readonly prototype: object }>(
  target: C,
  method: keyof C['prototype'] & string,
  decorator: (prototype: C['prototype'], method: string, descriptor: never) => void,
): void {
  // the decorators of the model note down where they stand, and do not look at the descriptor
  decorator(target.prototype, method, undefined as never);
}
