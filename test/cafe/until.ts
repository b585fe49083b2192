export { until } from '../../packages/framework/test/fixtures/until.ts';
