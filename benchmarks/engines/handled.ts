/** How long events took from being made to being handled, collected in a process until its parent asks: `process.send('report')`. */
export function reporting(): { one(madeAt: number): void } {
  let latencies: number[] = [];
  process.on('message', (message) => {
    if (message !== 'report') return;
    process.send!({ latencies });
    latencies = [];
  });
  return {
    one: (madeAt) => void latencies.push(performance.timeOrigin + performance.now() - madeAt),
  };
}
