import type { ReceivedEvent } from '../event-codec.js';

/** The most events of a partition whose other records have not come yet. */
const MAX_OPEN = 1_000;

/**
 * Knows which events of a partition were taken in one version, so that the same event in an older one is passed over: its handlers would run
 * for nothing, because the inbox knows it by its id. What is forgotten here, or was taken before the partition was ours, is
 * left to the inbox. Therefore an event is neither lost nor handled twice when the reader's own version changes between the two.
 */
export class TakenTwins {
  readonly #open = new Set<string>();

  /** Whether the event was taken before, in another version; if not, it is from now on. */
  wasTaken({ eventId, version, versions }: ReceivedEvent): boolean {
    if (versions.length === 1) return false;
    const wasTaken = this.#open.has(eventId);
    // they come from the newest to the oldest
    if (version === versions[0]) this.#open.delete(eventId);
    else this.#add(eventId);
    return wasTaken;
  }

  #add(eventId: string): void {
    this.#open.add(eventId);
    if (this.#open.size <= MAX_OPEN) return;
    // the one that has been there for longest: a set keeps the order
    for (const oldest of this.#open) {
      this.#open.delete(oldest);
      return;
    }
  }
}
