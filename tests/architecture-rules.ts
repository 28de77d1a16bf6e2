import { posix } from "node:path";

const KERNEL = ["errors", "component", "domain"];
const BASE = [...KERNEL, "storage", "runtime"];
const ONLINE = [...BASE, "remote"];
const COMPONENTS = [
  ...["datasets", "llm", "scenarios", "expand", "encode", "engine"],
  ...["retrieve", "fuse", "evaluate", "compare", "report", "training"],
];

/** Who may import whom. A room may always import itself. Order is bottom to top: a row names earlier rows only. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  component: ["errors"],
  domain: ["errors"],
  analysis: ["errors"],
  storage: ["errors", "domain"],
  runtime: ["errors"],
  remote: ["errors", "domain", "storage", "runtime"],
  datasets: ONLINE,
  llm: ONLINE,
  scenarios: [...ONLINE, "llm", "analysis"],
  expand: [...ONLINE, "llm"],
  encode: [...ONLINE, "analysis"],
  engine: BASE,
  retrieve: [...BASE, "analysis", "encode", "engine"],
  fuse: KERNEL,
  evaluate: KERNEL,
  compare: [...KERNEL, "runtime"],
  report: [...KERNEL, "storage"],
  tasks: BASE,
  training: [...ONLINE, "analysis", "llm", "scenarios", "expand", "encode", "engine", "retrieve", "evaluate"],
  spec: [...KERNEL, "storage"],
  plan: [...KERNEL, "storage", "spec", ...COMPONENTS],
  pipeline: [...ONLINE, "spec", "plan", "tasks", ...COMPONENTS],
  cli: [...KERNEL, "runtime", "remote", "spec", "plan", "tasks", "pipeline", "report"],
};

/** Packages that stay in the files named here (prefixes); the others may be imported anywhere their room makes sense. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "@huggingface/tokenizers": ["analysis/tokenizer.ts"],
  "@huggingface/transformers": ["encode/onnx-model.ts"],
  "@observablehq/plot": ["report/charts/"],
  "apache-arrow": ["storage/arrow-shards.ts", "storage/arrow-rows.ts"],
  "cli-table3": ["report/terminal-table.ts"],
  htmlparser2: ["storage/markup.ts"],
  hyparquet: ["storage/parquet.ts"],
  "hyparquet-compressors": ["storage/parquet.ts"],
  linkedom: ["report/charts/plot-svg.ts"],
  "onnxruntime-node": ["engine/ort-product.ts"],
  "hyparquet-writer": ["storage/parquet-writer.ts"],
  openai: ["remote/openai-client.ts"],
  "simple-statistics": ["compare/bca-interval.ts", "compare/incomplete-beta.ts", "compare/sample-moments.ts"],
  stemmer: ["analysis/"],
  yaml: ["storage/yaml-source.ts"],
  yargs: ["cli/"],
  yauzl: ["storage/zip.ts"],
};

const MEANINGLESS_NAME = /(^|\/)(utils?|helpers?|misc|common|shared|lib|core)(\.ts$|\/)/;
const AMBIENT: readonly { readonly pattern: RegExp; readonly rooms: readonly string[] }[] = [
  { pattern: /Math\.random\(|Date\.now\(|new Date\(\)/, rooms: ["runtime"] },
  { pattern: /process\.env\b/, rooms: ["cli"] },
];

export type Finding = {
  readonly file: string;
  readonly rule: "import" | "room" | "name" | "ambient" | "package" | "cycle";
  readonly detail: string;
};

/** Everything that breaks the plan of the house. @param sources text by path below harness/, with `/` */
export function findFaults(sources: ReadonlyMap<string, string>): readonly Finding[] {
  return [...[...sources].flatMap(([file, text]) => fileFaults(file, text)), ...cycles(sources)];
}

function fileFaults(file: string, text: string): readonly Finding[] {
  const room = roomOf(file);
  const allowed = ROOMS[room];
  const faults: Finding[] = [];
  if (allowed === undefined) faults.push({ file, rule: "room", detail: `no room is called ${room}` });
  for (const target of relativeImports(file, text)) {
    const other = roomOf(target);
    if (other !== room && allowed?.includes(other) === false) faults.push({ file, rule: "import", detail: target });
  }
  for (const name of packageImports(text)) {
    if (PACKAGES[name]?.some((place) => file.startsWith(place)) === false) {
      faults.push({ file, rule: "package", detail: name });
    }
  }
  if (MEANINGLESS_NAME.test(file)) faults.push({ file, rule: "name", detail: file });
  for (const { pattern, rooms } of AMBIENT) {
    const match = rooms.includes(room) ? null : pattern.exec(text);
    if (match !== null) faults.push({ file, rule: "ambient", detail: match[0] });
  }
  return faults;
}

/** Circles of types count too: they do no harm at run time, but neither file can be read first. */
function cycles(sources: ReadonlyMap<string, string>): readonly Finding[] {
  const done = new Set<string>();
  const found: Finding[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) found.push({ file, rule: "cycle", detail: [...path, file].join(" -> ") });
    if (done.has(file) || path.includes(file)) return;
    for (const target of relativeImports(file, sources.get(file) ?? "")) visit(target, [...path, file]);
    done.add(file);
  }
  for (const file of sources.keys()) visit(file, []);
  return found;
}

function roomOf(file: string): string {
  return file.replace(/\.ts$/, "").split("/")[0] ?? "";
}

function specifiers(text: string): readonly string[] {
  return Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g), ([, specifier = ""]) => specifier);
}

function relativeImports(file: string, text: string): readonly string[] {
  return specifiers(text)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => posix.join(posix.dirname(file), specifier));
}

function packageImports(text: string): readonly string[] {
  return specifiers(text)
    .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
    .map((specifier) =>
      specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/"),
    );
}
