import { mkdir, readdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { spikebench } from "./resident-command.ts";

const DEMO = resolve(import.meta.dirname, "../../training/demo-sft.yaml");
const temporary = temporaryFolder();
let places = 0;

async function place(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = temporary.path(`place-${places++}`);
  await mkdir(cwd);
  for (const [name, text] of Object.entries(files)) await writeFile(`${cwd}/${name}`, text);
  return cwd;
}

describe("spikebench train-data", () => {
  it("builds the demonstration's SFT set, says what was left out, and where the card is", async () => {
    const cwd = await place();
    const { code, stdout, stderr } = await spikebench(["train-data", "sft", DEMO], { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/demo-sft: \d+ examples to train on, \d+ to validate\./);
    expect(stdout).toMatch(/Leakage: compared with demo; \d+ of \d+ items left out\./);
    expect((await readdir(`${cwd}/training/demo-sft`)).toSorted()).toEqual([
      ...["card.json", "card.md", "dataset_info.json", "openai", "rows", "spike", "trainers", "trl", "trl-parquet"],
    ]);
  });

  it("builds a supervised set, and a DPO set of recorded candidates, into `--out`", async () => {
    const shared = "version: 1\ndataset: demo\nleakage: {against: []}\n";
    const candidates = Array.from({ length: 9 }, (_, at) => ({
      _id: `q-bio-0${at + 1}`,
      texts: ["Osmosis draws water out of roots.", "Prices rise when supply falls."],
    }));
    const cwd = await place({
      "sup.yaml": `${shared}name: sup\nretriever: bm25\n`,
      "dpo.yaml": `${shared}name: dpo\nretriever: bm25\nrewards: [qrels]\nminSimilarity: off\ncandidates: {path: c.jsonl, synthetic: true}\n`,
      "c.jsonl": candidates.map((row) => `${JSON.stringify(row)}\n`).join(""),
    });
    for (const kind of ["supervised", "dpo"]) {
      const file = `${kind.slice(0, 3)}.yaml`;
      const { code, stdout, stderr } = await spikebench(["train-data", kind, file, "--out", "made"], { cwd });
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`made/training/${kind.slice(0, 3)}: `);
      expect(stdout.includes("synthetic")).toBe(kind === "dpo");
    }
    expect((await readdir(`${cwd}/made/training`)).toSorted()).toEqual(["dpo", "sup"]);
  });

  it.each([
    { args: ["sft", "none.yaml"], says: "none.yaml" },
    { args: ["sft", "bad.yaml"], says: "bad.yaml:2:1: unknown key `nane`" },
    { args: ["dpo"], says: "[USAGE]" },
    { args: ["ppo", "bad.yaml"], says: "[USAGE]" },
  ])("ends with 2 and one clear line: $args", async ({ args, says }) => {
    const cwd = await place({ "bad.yaml": "version: 1\nnane: x\nsources: []\nleakage: {against: []}\n" });
    const { code, stdout, stderr } = await spikebench(["train-data", ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n").at(-1)).toContain(says);
  });
});
