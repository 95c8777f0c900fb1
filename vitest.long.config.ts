import { defineConfig } from 'vitest/config';

// The checks that take minutes or need Python: `npm run test:long`, and in `.ci/run`.
export default defineConfig({
  test: {
    include: ['src/**/*.long.test.ts', 'scripts/**/*.long.test.ts', 'bench/**/*.long.test.ts'],
    exclude: ['**/node_modules/**'],
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: true,
    testTimeout: 15 * 60_000,
    hookTimeout: 5 * 60_000,
    reporters: ['default'],
  },
});
