/** The amount of a sale that the ledger cannot book, until the file that `MENDED` names is there. */
export const POISON = 13;
