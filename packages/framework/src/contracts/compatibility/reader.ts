/** Somebody who counts on a field, an event or an operation. */
export interface Reader {
  /** The service; of somebody outside, the name that the pact gives them. */
  readonly consumer: string;
  /** Where that is known from: `pact`: its pact says so; `code`: its own schema does. */
  readonly by: 'pact' | 'code';
  /** What of it: a method (`DeliveryPolicies.startDelivery`), an operation of a client (`PaymentClient.approve`), a gateway in between. */
  readonly as: string | undefined;
}

/** `delivery (DeliveryPolicies.startDelivery; its pact)` of each, or that there is nobody. */
export function readersInWords(readers: readonly Reader[]): string {
  if (readers.length === 0) return 'nobody here, by code or pact; others may who have no pact';
  return [...Map.groupBy(readers, ({ consumer }) => consumer)]
    .map(([consumer, same]) => {
      const ways = same.map(({ by, as }) =>
        by === 'code' ? as : as === undefined ? 'its pact' : `its pact, ${as}`,
      );
      return `${consumer} (${[...new Set(ways)].filter((way) => way !== undefined).join('; ')})`;
    })
    .join(', ');
}
