/**
 * Keeps Node from printing `TimeoutNegativeWarning`: kafkajs asks for timers in the past, which does no harm. Node gives
 * that warning once in a process and then never again, so it is brought about here where nobody hears it. Other
 * warnings and the listeners of the application are not touched.
 */
export function silenceNegativeTimeoutWarning(): void {
  // oxlint-disable-next-line typescript/unbound-method -- it is put back, not called
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    clearTimeout(setTimeout(() => {}, -1));
  } finally {
    process.emitWarning = emitWarning;
  }
}
