import type { Socket } from 'node:net';
import type { RequestSlot } from './request-slots.js';

/**
 * The slots that hang on each connection. When it closes they are told: Node tells only the answer that is just being sent, and nothing to those that
 * wait behind it on the same connection.
 */
export class SlotsOfConnections {
  readonly #slots = new WeakMap<Socket, Set<RequestSlot>>();

  /** Gives the function that takes the slot off again. */
  put(socket: Socket, slot: RequestSlot): () => void {
    const slots = this.#slots.get(socket) ?? this.#watched(socket);
    slots.add(slot);
    return () => slots.delete(slot);
  }

  #watched(socket: Socket): Set<RequestSlot> {
    const slots = new Set<RequestSlot>();
    this.#slots.set(socket, slots);
    socket.once('close', () => {
      for (const slot of slots) slot.closed();
    });
    return slots;
  }
}
