import { expect, test } from 'vitest';
import { SilenceWatch } from '../../src/broker/embedded/silence-watch.js';

const beats = (...pairs: [number, number][]) => new Map(pairs);

test('a member whose beat stands still for longer than the limit is silent', () => {
  const watch = new SilenceWatch(1_000, 600);
  expect(watch.look(0, beats([1, 7]))).toEqual([]);
  expect(watch.look(500, beats([1, 7]))).toEqual([]);
  expect(watch.look(1_000, beats([1, 7]))).toEqual([]);
  expect(watch.look(1_500, beats([1, 7]))).toEqual([1]);
});

test('a beat ends the silence', () => {
  const watch = new SilenceWatch(1_000, 600);
  watch.look(0, beats([1, 7], [2, 3]));
  watch.look(600, beats([1, 7], [2, 3]));
  watch.look(1_200, beats([1, 8], [2, 3]));
  expect(watch.look(1_700, beats([1, 8], [2, 3]))).toEqual([2]);
});

test('who was stopped itself takes nobody for dead when it comes back', () => {
  const watch = new SilenceWatch(1_000, 600);
  watch.look(0, beats([1, 7]));
  expect(watch.look(60_000, beats([1, 7]))).toEqual([]);
  expect(watch.look(60_500, beats([1, 7]))).toEqual([1]);
});

test('a clock that is set back makes nobody silent and nobody loud', () => {
  const watch = new SilenceWatch(1_000, 600);
  watch.look(5_000, beats([1, 7]));
  watch.look(5_600, beats([1, 7]));
  expect(watch.look(0, beats([1, 7]))).toEqual([]);
  expect(watch.look(500, beats([1, 7]))).toEqual([1]);
});
