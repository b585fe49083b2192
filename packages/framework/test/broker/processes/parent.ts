/** What a child and its parent tell each other: the kind, and whatever belongs to it. */
export interface ChildMessage {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** In the child: what the parent gave. */
export const given: any = JSON.parse(process.argv[2]!);

/** In the child: tells the parent. */
export function tell(message: ChildMessage): void {
  process.send!(message);
}

/** In the child: calls the listener for each message of the kind. */
export function on(kind: string, listener: () => void): void {
  process.on('message', (message: ChildMessage) => {
    if (message.kind === kind) listener();
  });
}
