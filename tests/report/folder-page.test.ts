import { describe, expect, it } from "vitest";
import { renderFolderPage } from "../../harness/report/folder-page.ts";
import { HOSTILE } from "./hostile-experiment.ts";

describe("renderFolderPage", () => {
  it("links to what is below, folders by their slash", () => {
    const html = renderFolderPage({ path: "", names: ["a b/", "c:d.txt"] });
    expect(html).toContain('<li><a href="./a%20b/">a b/</a></li>');
    expect(html).toContain('<li><a href="./c%3Ad.txt">c:d.txt</a></li>');
    expect(html).not.toContain("../");
    expect(renderFolderPage({ path: "a", names: [] })).toContain('<a href="../">');
  });

  it("shows names as text, whatever they hold", () => {
    const html = renderFolderPage({ path: HOSTILE.join(""), names: HOSTILE });
    const elements = new Set(Array.from(html.matchAll(/<(\w+)/g), ([, name]) => name));
    expect([...elements].sort()).toEqual(["a", "h1", "html", "li", "meta", "title", "ul"]);
    expect(html.match(/href="(?!\.\.?\/)/)).toBeNull();
    expect(html.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it("tells what to do where there is nothing", () => {
    expect(renderFolderPage({ path: "", names: [] })).toContain("spikebench run FILE");
  });
});
