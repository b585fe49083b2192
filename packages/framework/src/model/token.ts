declare const provides: unique symbol;

/** Names something in the container that is no class, with its type. */
export type SymbolToken<T> = symbol & { readonly [provides]?: T };

/** A class with any constructor. Parameters are contravariant, so `never[]` fits all of them. */
export type AbstractClass<T> = abstract new (...args: never[]) => T;

/** Names something in the container: a class, or a symbol that carries the type. */
export type Token<T> = AbstractClass<T> | SymbolToken<T>;

/** How a token is called in messages. */
export function nameOfToken(token: Token<unknown>): string {
  return typeof token === 'symbol' ? (token.description ?? 'a symbol') : (token as { name: string }).name;
}
