import { readFile } from "node:fs/promises";

/** Every one after those that it imports. */
const FILES = ["query-filter.js", "query-detail.js", "query-view.js"];

/**
 * The script of the query view as one module. Its files import nothing but each other, each import on a line of its own,
 * so they are put together by leaving out imports and exports; a page can have no files beside it to import.
 */
export async function readClientScript(): Promise<string> {
  const sources = await readSources(FILES);
  return sources
    .map((source) => source.replace(/^import .* from "\.\/.*";\n/gm, "").replace(/^export (?=function )/gm, ""))
    .join("\n");
}

/** The style of a page and of the query view in it. */
export async function readStyle(): Promise<string> {
  return (await readSources(["page.css", "query-view.css"])).join("");
}

async function readSources(names: readonly string[]): Promise<readonly string[]> {
  return await Promise.all(names.map((name) => readFile(new URL(`client/${name}`, import.meta.url), "utf8")));
}
