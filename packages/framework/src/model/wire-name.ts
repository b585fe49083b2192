/** The highest version that an event may have: each older one costs its readers a name to look for. */
export const MAX_EVENT_VERSION = 1_000;

/** Between an event's name and its version. */
const MARK = '.v';

/**
 * What an event is called on the wire in one of its versions: `PaymentApproved`, then `PaymentApproved.v2`. Readers who know nothing of
 * versions meet a name that they do not know, and pass it over.
 */
export function wireName(eventType: string, version: number): string {
  return version === 1 ? eventType : `${eventType}${MARK}${version}`;
}

/** The event and the version that a name on the wire stands for: the reverse of {@link wireName}. */
export function fromWireName(name: string): { readonly eventType: string; readonly version: number } {
  const at = name.lastIndexOf(MARK);
  const eventType = name.slice(0, at);
  const version = Number(name.slice(at + MARK.length));
  const isVersion = Number.isInteger(version) && version > 1 && version <= MAX_EVENT_VERSION;
  // what nobody here would have written (`.v1`, `.v02`) is part of a foreign name
  const isOurs = at > 0 && isVersion && name === wireName(eventType, version);
  return isOurs ? { eventType, version } : { eventType: name, version: 1 };
}
