import { defineConfig } from "vitest/config";

/** Suites that ask real servers; they run only when asked for, with `npm run test:live`. */
export default defineConfig({
  test: {
    include: ["tests/live/**/*.test.ts"],
    testTimeout: 300_000,
    fileParallelism: false,
  },
});
