import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Reproduction } from "../../harness/domain/reproduction.ts";
import { spikebench } from "../cli/spikebench.ts";
import { describeWithData } from "../real-data.ts";

const root = resolve(import.meta.dirname, "../..");
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spikebench-reproduce-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describeWithData("published figures on SciFact and NFCorpus", "models/model2vec-64d", (model) => {
  const data = dirname(dirname(model));
  const flags = ["scifact", "nfcorpus"].flatMap((name) => ["--data", `beir/${name}=${join(data, "beir", name)}`]);

  it("are reproduced by the pack's own run file", async () => {
    for (const name of ["reports/published", "runs/models"]) await mkdir(join(folder, name), { recursive: true });
    for (const name of ["reports/published/small.yaml", "runs/small.yaml"]) {
      await copyFile(join(root, name), join(folder, name));
    }
    await symlink(model, join(folder, "runs/models/model2vec-64d"));
    const ended = await spikebench(["reproduce", "small", "--run", ...flags, "--format", "json"], {
      cwd: folder,
      limit: 230_000,
    });
    expect(ended.code, ended.stderr).toBe(0);
    const { figures, absent } = JSON.parse(ended.stdout) as Reproduction;
    expect(absent).toBe(0);
    const verdicts = figures.map(({ retriever, dataset, measure, verdict }) => {
      return `${retriever} ${dataset} ${measure} ${verdict}`;
    });
    // equal scores are ordered otherwise than in Anserini, which tells on NFCorpus
    expect(verdicts).toEqual([
      "bm25 beir/scifact nDCG@10 OK",
      "bm25 beir/nfcorpus nDCG@10 OKish",
      "bm25 beir/scifact R@100 OK",
      "bm25 beir/nfcorpus R@100 OK",
      "bm25-multifield beir/scifact nDCG@10 OK",
      "bm25-multifield beir/nfcorpus nDCG@10 OKish",
      "bm25-multifield beir/scifact R@100 OK",
      "bm25-multifield beir/nfcorpus R@100 OKish",
      "model2vec-64d beir/scifact nDCG@10 OK",
      "model2vec-64d beir/nfcorpus nDCG@10 OK",
    ]);
  });

  it("are there in Anserini's own pack, of which the result has a part", async () => {
    const result = join(folder, "runs/small/result.json");
    const ended = await spikebench(["reproduce", "anserini-beir", "--from", result], { cwd: folder });
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toContain("138 figures of the pack not in the result.");
    expect(ended.stdout).toContain("4 NOT-COMPARABLE");
  });

  it("are not comparable with a sample, and the field is named", async () => {
    const file = join(folder, "runs/sample.yaml");
    await copyFile(join(folder, "runs/small.yaml"), file);
    const text = await readFile(file, "utf8");
    await writeFile(file, `${text.replace("name: small", "name: sample")}limit: {documents: 500, seed: 1}\n`);
    const run = await spikebench(["run", "runs/sample.yaml", ...flags], { cwd: folder, limit: 230_000 });
    expect(run.code, run.stderr).toBe(0);
    const args = ["reproduce", "small", "--from", "runs/sample/result.json"];
    const { code, stdout } = await spikebench(args, { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain(
      "bm25 on beir/scifact, nDCG@10: NOT-COMPARABLE: beir/scifact documents: 500 instead of 5183",
    );
  });
});
