import { defineConfig } from 'vitest/config';

const conditions = ['@skanu/source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@skanu/source'] } },
  test: {
    environment: 'node',
    include: ['packages/*/test/**/*.spec.ts', 'test/**/*.spec.ts'],
    globalSetup: ['test/skipped-containers.ts'],
    typecheck: { enabled: false },
    // two cores: more workers than that only make the clocks of the tests unreliable
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
    slowTestThreshold: 2_000,
  },
});
