import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folders = [".", "docs", "docs/decisions", "bench"];
const pages = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

/** Names that GitHub gives to the headings of a page. */
function anchors(page: string): readonly string[] {
  return Array.from(readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Where a link of a page leads nowhere: what is missing; undefined where all is well. */
function dead(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(root, page) : resolve(root, dirname(page), path);
  if (!existsSync(target)) return `${page}: no file ${link}`;
  return anchor === undefined || anchors(target).includes(anchor) ? undefined : `${page}: no heading ${link}`;
}

describe("pages of the documentation", () => {
  it.each(pages)("%s has no link that leads nowhere", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link);
    const own = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(own.map((link) => dead(page, link)).filter(Boolean)).toEqual([]);
  });

  it("are all reached from the README", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const guides = pages.filter((page) => dirname(page) === "docs");
    expect(guides.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
  });
});
