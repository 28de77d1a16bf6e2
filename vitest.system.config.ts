import { defineConfig } from "vitest/config";

/** Suites that start processes, send signals, fill disks, or encode or search whole collections: slower, and run by CI always. */
export default defineConfig({
  test: {
    include: ["tests/system/**/*.test.ts"],
    testTimeout: 240_000,
    fileParallelism: false,
    execArgv: ["--import", new URL("tests/typescript-in-threads.mjs", import.meta.url).href],
  },
});
