/** A fault breaks something when it runs. A note is for somebody to look at: it may be meant. */
export type Severity = 'fault' | 'note';

/** Each rule of `skanu check`, and how much what it finds matters. What they mean stands in docs/reference/wiring.md. */
export const WIRING_RULES = {
  boot: 'fault',
  'name-twice': 'fault',
  'port-twice': 'note',
  'event-unpublished': 'fault',
  'event-topic': 'fault',
  'event-version': 'fault',
  'event-shape': 'fault',
  'event-format': 'note',
  'event-key': 'fault',
  'event-unread': 'note',
  'event-unchecked': 'note',
  'call-path': 'fault',
  'call-method': 'fault',
  'call-query': 'fault',
  'call-body': 'fault',
  'call-range': 'note',
  'call-answer': 'fault',
  'answer-format': 'note',
  'call-undo': 'fault',
  'call-time': 'fault',
  'call-repeat': 'fault',
  'call-unchecked': 'note',
  'repeat-unchecked': 'note',
  'route-path': 'fault',
  'route-time': 'fault',
  'route-unchecked': 'note',
} as const satisfies Readonly<Record<string, Severity>>;

export type WiringRule = keyof typeof WIRING_RULES;
