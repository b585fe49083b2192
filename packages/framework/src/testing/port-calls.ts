/** The calls of a port that may go wrong: its asynchronous methods, each named with a prefix, with their arguments. */
export type PortCalls<T, Prefix extends string = ''> = {
  readonly [
    K in keyof T & string as T[K] extends (...args: never[]) => Promise<unknown> ? `${Prefix}${K}` : never
  ]: T[K] extends (...args: infer A) => unknown ? Readonly<A> : never;
};
