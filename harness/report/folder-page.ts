import { visibleText } from "./figure-text.ts";

/**
 * A page of links to what is below a folder, as HTML without scripts.
 *
 * @param path below the served root, empty for the root itself; `names` of folders end with `/`
 */
export function renderFolderPage({
  path,
  names,
}: {
  readonly path: string;
  readonly names: readonly string[];
}): string {
  const title = path === "" ? "spikebench reports" : path;
  const up = path === "" ? [] : ["../"];
  const items = [...up, ...names].map((name) => `<li><a href="${linkTo(name)}">${escapeHtml(name)}</a></li>`);
  return [
    "<!doctype html>",
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<h1>${escapeHtml(title)}</h1>`,
    items.length === 0 ? "<p>No reports yet: <code>spikebench run FILE</code> writes them.</p>" : "<ul>",
    ...items,
    ...(items.length === 0 ? [] : ["</ul>"]),
    "</html>",
    "",
  ].join("\n");
}

/** `./` first: a name with a colon would be taken for an address otherwise. */
function linkTo(name: string): string {
  if (name === "../") return name;
  return `./${name.split("/").map(encodeURIComponent).join("/")}`;
}

function escapeHtml(text: string): string {
  return visibleText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
