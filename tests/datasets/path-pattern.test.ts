import { describe, expect, it } from "vitest";
import { matchPaths } from "../../harness/datasets/path-pattern.ts";

const PATHS = ["README.md", "a/b-0.parquet", "a/b-1.parquet", "a/b-x.parquet", "a/c/b-2.parquet", "a/b(1)+.txt"];

describe("matchPaths", () => {
  it.each([
    { pattern: "a/b-*.parquet", found: ["a/b-0.parquet", "a/b-1.parquet", "a/b-x.parquet"] },
    { pattern: "./a/b-[0-9]*.parquet", found: ["a/b-0.parquet", "a/b-1.parquet"] },
    { pattern: "a/b-[!0-9]*", found: ["a/b-x.parquet"] },
    { pattern: "a/**/*-2.parquet", found: ["a/c/b-2.parquet"] },
    { pattern: "**/*.parquet", found: ["a/b-0.parquet", "a/b-1.parquet", "a/b-x.parquet", "a/c/b-2.parquet"] },
    { pattern: "a/**", found: PATHS.slice(1) },
    { pattern: "a/b-{0,x}.parquet", found: ["a/b-0.parquet", "a/b-x.parquet"] },
    { pattern: "a/b-?.parquet", found: ["a/b-0.parquet", "a/b-1.parquet", "a/b-x.parquet"] },
    { pattern: "a/b(1)+.txt", found: ["a/b(1)+.txt"] },
    { pattern: "*.parquet", found: [] },
  ])("$pattern names $found", ({ pattern, found }) => {
    expect(matchPaths(pattern, PATHS)).toEqual(found);
  });
});
