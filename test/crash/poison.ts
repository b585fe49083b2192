/** The amount of a sale that the ledger cannot book before it is mended (`MENDED=1`). */
export const POISON = 13;
