// biome-ignore lint/style/noRestrictedImports: the one place that seeds it
import fc from "fast-check";

/**
 * Properties draw the same cases in every run: a run that fails on one machine fails on all, and no change is stopped by a
 * case that it has nothing to do with. `SPIKEBENCH_TEST_SEED=N npm test` draws others; do that after writing a property.
 */
// biome-ignore lint/style/noProcessEnv: which cases are drawn is for whoever starts the tests to say
fc.configureGlobal({ seed: Number(process.env["SPIKEBENCH_TEST_SEED"] ?? 1) });

export { fc };
