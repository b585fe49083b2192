/**
 * What a method decorator asks of its method. Unlike `TypedPropertyDescriptor`, which fits one exact type only, it takes all that can be
 * called so: methods that need fewer parameters, take wider ones, or give something back.
 */
export interface MethodDescriptor<M extends (...args: never[]) => unknown> {
  readonly value?: M;
}
