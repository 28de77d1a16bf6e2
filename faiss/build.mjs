// Compiles faiss-node's own source against the system's FAISS, because its install script would download a binary or clone
// FAISS. Everything lands in faiss/node_modules; nothing of it is needed unless a run asks for the engine `faiss`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PACKAGES = "apt-get install -y --no-install-recommends g++ libfaiss-dev libopenblas-dev";
const folder = import.meta.dirname;
const source = join(folder, "node_modules/faiss-node");
const release = join(source, "build/Release");
const nodeHeaders = join(dirname(process.execPath), "../include/node");

if (process.platform !== "linux") {
  stop(
    `expected Linux, found ${process.platform}. Where faiss-node has a binary for download, run \`npm ci\` in faiss/.`,
  );
}
const version = findFaiss();
install();
compile();
tryOut();
process.stdout.write(`build:faiss: faiss-node stands ready on FAISS ${version}.\n`);

/** @returns the version of the FAISS whose headers the compiler finds */
function findFaiss() {
  const probe = "#include <faiss/Index.h>\nFOUND FAISS_VERSION_MAJOR.FAISS_VERSION_MINOR.FAISS_VERSION_PATCH\n";
  const { error, stdout } = run("g++", ["-E", "-P", "-x", "c++", "-"], { input: probe });
  if (error?.code === "ENOENT") stop(`expected the compiler \`g++\`, found none. Install it: \`${PACKAGES}\`.`);
  const found = /^FOUND (\d+)\s*\.\s*(\d+)\s*\.\s*(\d+)$/m.exec(stdout);
  if (found === null) stop(`expected FAISS's headers (faiss/Index.h), found none. Install them: \`${PACKAGES}\`.`);
  if (!existsSync(join(nodeHeaders, "node_api.h"))) {
    stop(
      `expected Node's headers in ${nodeHeaders}, found none. Use a Node that comes with them, as nodejs.org's archives do.`,
    );
  }
  return found.slice(1).join(".");
}

/** The source, by its lock file. Its install script does not run. */
function install() {
  const { error, status, stderr } = run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
  if (error?.code === "ENOENT") stop("expected `npm`, found none.");
  if (status !== 0) stop(`\`npm ci\` in faiss/ failed: ${firstError(stderr)}`);
}

function compile() {
  mkdirSync(release, { recursive: true });
  const binary = join(release, "faiss-node.node");
  // FAISS up to 1.7.3 keeps the row type within a class, where faiss-node's source does not look for it
  const probe = "#include <faiss/Index.h>\nfaiss::idx_t row;\n";
  const isNew = run("g++", ["-fsyntax-only", "-x", "c++", "-"], { input: probe }).status === 0;
  const { status, stderr } = run("g++", [
    ...["-O3", "-std=c++17", "-fPIC", "-shared", "-fopenmp"],
    ...["-DNAPI_VERSION=8", "-DNAPI_CPP_EXCEPTIONS", "-DNODE_GYP_MODULE_NAME=faiss_node"],
    ...(isNew ? [] : ["-include", join(folder, "row-type.h")]),
    ...[`-I${nodeHeaders}`, `-I${join(folder, "node_modules/node-addon-api")}`, join(source, "src/faiss.cc")],
    ...["-o", `${binary}.part`, "-lfaiss", "-lopenblas"],
  ]);
  const missing = /cannot find -l(\w+)/.exec(stderr)?.[1];
  if (missing !== undefined) stop(`expected the library lib${missing}, found none. Install it: \`${PACKAGES}\`.`);
  if (status !== 0) stop(`faiss-node does not compile against FAISS ${version}: ${firstError(stderr)}`);
  renameSync(`${binary}.part`, binary);
  // faiss-node cannot tell which FAISS it has; results must
  writeFileSync(join(release, "faiss.json"), `${JSON.stringify({ faiss: version })}\n`);
}

/** In a process of its own, since a binary that does not fit can take the process with it. */
function tryOut() {
  const search = `const { IndexFlatIP } = require(${JSON.stringify(source)});
    const index = new IndexFlatIP(2); index.add([1, 0, 0, 1]);
    if (index.search([0, 1], 1).labels[0] !== 1) throw new Error("Error: a search of two vectors found the wrong one");`;
  const { status, stderr } = run(process.execPath, ["-e", search]);
  if (status !== 0) stop(`faiss-node was compiled but does not work: ${firstError(stderr)}`);
}

function run(command, parameters, options = {}) {
  return spawnSync(command, parameters, { encoding: "utf8", maxBuffer: 2 ** 26, ...options });
}

/** The line that says what went wrong, out of pages of a tool's output. */
function firstError(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => /error/i.test(line)) ?? lines[0] ?? "it said nothing").trim();
}

function stop(message) {
  process.stderr.write(`build:faiss: ${message}\n`);
  process.exit(2);
}
