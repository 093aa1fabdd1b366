import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each test file opens nets of its own: two at a time keeps memory and clock predictable.
    maxWorkers: 2,
    pool: 'forks',
    // Nets that tests load themselves tell nobody of it either.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
