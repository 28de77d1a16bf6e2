import { defineConfig } from "vitest/config";

/** Suites that start processes, send signals or fill disks: slower, and run by CI always. */
export default defineConfig({
  test: {
    include: ["tests/system/**/*.test.ts"],
    testTimeout: 60_000,
    fileParallelism: false,
  },
});
