import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { edit, filesBelow, type Lab, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const folder = temporaryFolder();
const RUN = ["run", "experiment.yaml", "--data", "library=data", "--out", "out"];

type Case = {
  readonly why: string;
  readonly spoil: (lab: Lab) => Promise<void>;
  readonly code: string;
  /** What the line must name. */
  readonly says: string;
  readonly flags?: readonly string[];
};

const data = (lab: Lab, name: string) => join(lab.folder, "data", name);

describe("bad input gives one clear line, exit 2 and no file", () => {
  it.each<Case>([
    {
      why: "an unknown key",
      spoil: (lab) => edit(lab.file, "measures:", "mesures:"),
      code: "SPEC_INVALID",
      says: "Did you mean `measures`?",
    },
    {
      why: "an unknown kind",
      spoil: (lab) => edit(lab.file, "kind: dense", "kind: dens"),
      code: "UNKNOWN_COMPONENT",
      says: "experiment.yaml:4:",
    },
    {
      why: "an unknown encoder",
      spoil: (lab) => edit(lab.file, "kind: hashed", "kind: hashd"),
      code: "SPEC_INVALID",
      says: "Did you mean `hashed`?",
    },
    {
      why: "an unknown option",
      spoil: (lab) => edit(lab.file, "dimensions: 16", "dimension: 16"),
      code: "SPEC_INVALID",
      says: "Did you mean `dimensions`?",
    },
    {
      why: "an unknown retriever",
      spoil: (lab) => edit(lab.file, "retriever: [bm25,", "retriever: [bm2,"),
      code: "UNKNOWN_COMPONENT",
      says: "Did you mean `bm25`?",
    },
    {
      why: "an alpha above 1",
      spoil: (lab) => edit(lab.file, "[0, 0.5, 1]", "[0, 0.5, 1.5]"),
      code: "SPEC_INVALID",
      says: "experiment.yaml:12:19",
    },
    {
      why: "an alpha that is no number",
      spoil: (lab) => edit(lab.file, "[0, 0.5, 1]", "[0, half]"),
      code: "SPEC_INVALID",
      says: "experiment.yaml:12:14",
    },
    {
      why: "steps that do not reach the end",
      spoil: (lab) => edit(lab.file, "[0, 0.5, 1]", "{from: 0, to: 1, step: 0.3}"),
      code: "SPEC_INVALID",
      says: "0.3",
    },
    {
      why: "a name that leads out of runs/",
      spoil: (lab) => edit(lab.file, "name: small", "name: .."),
      code: "SPEC_INVALID",
      says: "experiment.yaml:2:7",
    },
    {
      why: "a YAML that is none",
      spoil: (lab) => edit(lab.file, "matrix:", "matrix: ["),
      code: "SPEC_INVALID",
      says: "experiment.yaml:",
    },
    {
      why: "an empty run file",
      spoil: (lab) => writeFile(lab.file, ""),
      code: "SPEC_INVALID",
      says: "experiment.yaml",
    },
    { why: "a missing run file", spoil: (lab) => rm(lab.file), code: "FILE_MISSING", says: "experiment.yaml" },
    {
      why: "a missing corpus",
      spoil: (lab) => rm(data(lab, "corpus.jsonl")),
      code: "FILE_MISSING",
      says: "corpus.jsonl",
    },
    {
      why: "missing scenarios",
      spoil: (lab) => rm(join(lab.folder, "scenarios.jsonl")),
      code: "FILE_MISSING",
      says: "scenarios.jsonl",
    },
    {
      why: "an unknown dataset",
      spoil: (lab) => edit(lab.file, "[library]", "[librari]"),
      code: "UNKNOWN_DATASET",
      says: "librari",
    },
    {
      why: "an empty corpus",
      spoil: (lab) => writeFile(data(lab, "corpus.jsonl"), "\n"),
      code: "EMPTY_CORPUS",
      says: "corpus.jsonl",
    },
    {
      why: "qrels without a judgement",
      spoil: (lab) => writeFile(data(lab, "qrels/test.tsv"), "query-id\tcorpus-id\tscore\n"),
      code: "DATA_INVALID",
      says: "qrels",
    },
    {
      why: "queries of another dataset",
      spoil: (lab) => writeFile(data(lab, "queries.jsonl"), '{"_id": "x", "text": "y"}\n'),
      code: "DATA_INVALID",
      says: "queries",
    },
    {
      why: "a duplicate document id",
      spoil: (lab) => edit(data(lab, "corpus.jsonl"), '"_id":"d2"', '"_id":"d1"'),
      code: "DUPLICATE_ID",
      says: "corpus.jsonl:2",
    },
    {
      why: "judgements of unknown documents, strictly",
      spoil: (lab) => edit(data(lab, "qrels/test.tsv"), "q2\td2", "q2\tgone"),
      flags: ["--strict"],
      code: "UNKNOWN_DOCUMENT",
      says: "gone",
    },
    {
      why: "a query without a text",
      spoil: (lab) => edit(data(lab, "queries.jsonl"), "Why do prices rise?", ""),
      code: "DATA_INVALID",
      says: "queries.jsonl:2",
    },
    {
      why: "invalid JSON",
      spoil: (lab) => edit(data(lab, "corpus.jsonl"), '{"_id":"d3"', '{"_id":d3"'),
      code: "DATA_INVALID",
      says: "corpus.jsonl:3",
    },
    {
      why: "a truncated gzip",
      async spoil(lab) {
        const bytes = gzipSync(await readFile(data(lab, "corpus.jsonl")));
        await writeFile(data(lab, "corpus.jsonl"), bytes.subarray(0, bytes.length / 2));
      },
      code: "DATA_INVALID",
      says: "truncated",
    },
    {
      why: "an id with white space",
      spoil: (lab) => edit(data(lab, "corpus.jsonl"), '"_id":"d2"', '"_id":"d 2"'),
      code: "ID_NOT_WRITABLE",
      says: "percent-encode",
    },
    {
      why: "an output folder that is a file",
      spoil: (lab) => writeFile(join(lab.folder, "out"), ""),
      code: "NOT_WRITABLE",
      says: "--out",
    },
    {
      why: "an output folder that takes no folders",
      spoil: (lab) => symlink("/proc", join(lab.folder, "out")),
      code: "NOT_WRITABLE",
      says: "--out",
    },
  ])("$why", async ({ why, spoil, code, says, flags = [] }) => {
    const lab = await openLab(folder.path(why.replace("/", "")));
    await spoil(lab);
    const ended = await spikebench([...RUN, ...flags], { cwd: lab.folder });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(new RegExp(`^spikebench: [^\\n]*[.?!] \\[${code}\\]\\n$`));
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).not.toMatch(/[^.]\.\s?\.\s/);
    if (code !== "NOT_WRITABLE") expect(await filesBelow(join(lab.folder, "out"))).toEqual(new Map());
  });

  it.each([
    { why: "a NaN score", run: "q1 Q0 a 1 NaN t\n", code: "SCORE_INVALID", says: "e.run:1" },
    { why: "a duplicate pair", run: "q1 Q0 a 1 2 t\nq1 Q0 a 2 1 t\n", code: "DUPLICATE_ID", says: "e.run:2" },
    { why: "a tag with a space", run: "q1 Q0 a 1 2 my tag\n", code: "DATA_INVALID", says: "e.run:1" },
  ])("evaluate: $why", async ({ run, code, says }) => {
    await folder.write("e.qrels", "q1 0 a 1\n");
    await folder.write("e.run", run);
    const ended = await spikebench(["evaluate", "--qrels", "e.qrels", "--run", "e.run"], { cwd: folder.path(".") });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(new RegExp(`^spikebench: [^\\n]*\\. \\[${code}\\]\\n$`));
    expect(ended.stderr).toContain(says);
  });
});

describe("odd but good input", () => {
  it("counts and reports judgements of unknown documents", async () => {
    const lab = await openLab(folder.path("unknown-documents"));
    await edit(data(lab, "qrels/test.tsv"), "q1\td4", "q1\tgone");
    const { code, stdout } = await spikebench(RUN, { cwd: lab.folder });
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("1 judgements name documents that are not in the corpus");
  });

  it("takes CRLF, byte order marks and gzip everywhere, and gets the same runs", async () => {
    const plain = await openLab(folder.path("plain"));
    const odd = await openLab(folder.path("odd"));
    for (const name of [
      "data/corpus.jsonl",
      "data/queries.jsonl",
      "data/qrels/test.tsv",
      "scenarios.jsonl",
      "experiment.yaml",
    ]) {
      const path = join(odd.folder, name);
      const text = `\uFEFF${(await readFile(path, "utf8")).replaceAll("\n", "\r\n")}`;
      await writeFile(path, name === "data/corpus.jsonl" ? gzipSync(text) : text);
    }
    for (const lab of [plain, odd]) expect(await spikebench(RUN, { cwd: lab.folder })).toMatchObject({ code: 0 });
    expect(await filesBelow(join(odd.folder, "out"))).toEqual(await filesBelow(join(plain.folder, "out")));
  });
});
