/** What a child and its parent tell each other: the kind, and whatever belongs to it. */
export interface ChildMessage {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** In the child: what the parent gave, and the way to talk to it. */
export function parent<T>(): {
  given: T;
  tell(message: ChildMessage): void;
  on(kind: string, listener: (message: any) => void): void;
} {
  return {
    given: JSON.parse(process.argv[2]!) as T,
    tell: (message) => process.send!(message),
    on: (kind, listener) =>
      process.on('message', (message: ChildMessage) => {
        if (message.kind === kind) listener(message);
      }),
  };
}
