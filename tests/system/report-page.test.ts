import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../harness/report/page/render-page.ts";
import { spikebench } from "../cli/spikebench.ts";
import { HOSTILE, pageSource } from "../report/page/page-fixture.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithBrowser } from "../with-browser.ts";

const folder = temporaryFolder();
const root = resolve(import.meta.dirname, "../..");
const DESK = { viewport: { width: 1280, height: 900 } };
const TELEPHONE = { viewport: { width: 390, height: 844 } };

describeWithBrowser("a report page in a browser", (executablePath) => {
  let browser: Browser;
  let quickstart = "";
  beforeAll(async () => {
    // a root without a user namespace of its own cannot have the sandbox
    browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
    const ended = await spikebench(["run", "runs/quickstart.yaml", "--out", folder.path("out")], {
      cwd: root,
      env: { SPIKEBENCH_CACHE: folder.path("cache") },
    });
    expect(ended).toMatchObject({ code: 0 });
    quickstart = folder.path("out/reports/quickstart/index.html");
  }, 120_000);
  afterAll(async () => await browser?.close());

  /** Opens a page from disk and gathers whatever it asks for or complains of. */
  async function open(path: string, options: BrowserContextOptions = DESK) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const [complaints, requests]: [string[], string[]] = [[], []];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    const url = pathToFileURL(path).href;
    await page.goto(url);
    if (options.javaScriptEnabled !== false) await page.waitForSelector("#query-view:not([hidden])");
    return { page, complaints, requests, url };
  }

  async function writtenPage(name: string, source: Parameters<typeof renderPage>[0]): Promise<string> {
    const { index } = await renderPage(source);
    await mkdir(folder.path(name), { recursive: true });
    await writeFile(join(folder.path(name), "index.html"), index);
    return join(folder.path(name), "index.html");
  }

  const shown = async (page: Page) => await page.textContent("#query-detail h3");

  describe("opened from disk", () => {
    it("asks for nothing but itself and complains of nothing", async () => {
      const { page, complaints, requests, url } = await open(quickstart);
      await page.selectOption("#query-system", { label: "fused" });
      await page.click("#query-list li:nth-child(3) button");
      expect(requests).toEqual([url]);
      expect(complaints).toEqual([]);
    });

    it.each([
      ["light", { ...DESK, colorScheme: "light" }],
      ["dark", { ...DESK, colorScheme: "dark" }],
      ["narrow", TELEPHONE],
    ] as const)("has no serious fault that axe finds, %s", async (_, options) => {
      const { page, complaints } = await open(quickstart, options);
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(async () => {
        const inPage = globalThis as unknown as { axe: { run(): Promise<{ violations: readonly Violation[] }> } };
        return await inPage.axe.run();
      });
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`),
      ).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it("keeps figures and the texts that follow them apart in every table", async () => {
      const { page } = await open(quickstart);
      const gaps = await page.$$eval("td.number + td:not(.number)", (cells) =>
        cells.map((cell) => {
          const own = cell.querySelector("bdi")?.getBoundingClientRect().left ?? 0;
          return own - (cell.previousElementSibling?.querySelector("bdi")?.getBoundingClientRect().right ?? 0);
        }),
      );
      expect(gaps.length).toBeGreaterThan(0);
      expect(Math.min(...gaps)).toBeGreaterThan(8);
    });

    it("needs no scrolling to the side at 390 pixels, and no chart is shown smaller than it was drawn by a tenth", async () => {
      const { page } = await open(quickstart, TELEPHONE);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
      const widths = await page.$$eval("figure svg", (charts) =>
        charts.map((one) => one.getBoundingClientRect().width),
      );
      expect(Math.min(...widths.filter((width) => width > 0))).toBeGreaterThan(0.9 * 360);
    });
  });

  describe("without JavaScript", () => {
    it("shows tables, charts and provenance, and says that the query view needs it", async () => {
      const { page, complaints } = await open(quickstart, { ...DESK, javaScriptEnabled: false });
      expect(await page.isVisible("text=The query view needs JavaScript")).toBe(true);
      expect(await page.isVisible("#query-filter")).toBe(false);
      expect(await page.isVisible("#results table >> nth=0")).toBe(true);
      expect(await page.locator("figure svg:visible").count()).toBeGreaterThan(5);
      expect(await page.isVisible("#provenance dl")).toBe(true);
      expect(complaints).toEqual([]);
    });
  });

  describe("the query view", () => {
    it("shows the query that gained most, its rankings side by side, gold marked, and why a hit is there", async () => {
      const { page } = await open(quickstart);
      const [base, spike] = [page.locator("[data-part=base-hits] > li"), page.locator("[data-part=spike-hits] > li")];
      expect([await base.count(), await spike.count()]).toEqual([10, 10]);
      expect(await page.textContent("[data-part=spike-title]")).toBe("SPIKE at alpha 0.5, declared before the run");
      const first = spike.first();
      expect(await first.getAttribute("class")).toContain("relevant");
      expect(await first.textContent()).toMatch(
        /★ relevant, grade 2.*0\.5 × \d.* document \+ 0\.5 × \d.* scenario.*Matched scenario:.*\w/s,
      );
      const [left, right] = [await base.first().boundingBox(), await first.boundingBox()];
      expect(right?.x ?? 0).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0));
    });

    it("is filtered by mouse: by outcome, by length and by text", async () => {
      const { page } = await open(quickstart);
      const counts = async () => await page.textContent("#query-count");
      expect(await counts()).toBe("54 of 54 queries");
      // as many as the report's W/T/L of bm25: 23/24/7
      for (const [outcome, count] of [
        ["win", 23],
        ["tie", 24],
        ["loss", 7],
      ] as const) {
        await page.selectOption("select[name=outcome]", outcome);
        expect(await counts()).toBe(`${count} of 54 queries`);
      }
      expect(await page.textContent("#query-list li:first-child .difference")).toMatch(/^-0\.\d{4}$/);
      await page.selectOption("select[name=outcome]", "all");
      await page.fill("input[name=text]", "q-eco-07");
      expect(await counts()).toBe("1 of 54 queries");
      expect(await page.textContent("#query-detail [data-part=facts]")).toContain("Query q-eco-07 · bm25 · 79 words");
      await page.fill("input[name=least]", "80");
      expect(await counts()).toBe("0 of 54 queries");
      expect(await page.textContent("#query-detail")).toBe("");
    });

    it("works by keyboard, and keeps the query when another system is looked at", async () => {
      const { page } = await open(quickstart);
      const first = await shown(page);
      await page.focus("#query-list li:first-child button");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      const second = await shown(page);
      expect(second).not.toBe(first);
      const current = await page.$$eval("#query-list li", (items) =>
        items.map((item) => item.querySelector("[aria-current=true]") !== null),
      );
      expect([current.indexOf(true), current.lastIndexOf(true)]).toEqual([1, 1]);
      await page.focus("#query-system");
      await page.keyboard.press("ArrowDown");
      expect(await page.inputValue("#query-system")).toBe("1");
      expect(await shown(page)).toBe(second);
    });

    it("opens another dataset when it is asked for, and lists more on request", async () => {
      const path = await writtenPage("many", pageSource({ queries: 130 }));
      const { page, complaints } = await open(path);
      expect(await page.locator("#query-list li").count()).toBe(100);
      await page.click("#query-more");
      expect(await page.locator("#query-list li").count()).toBe(130);
      expect(await page.isVisible("#query-more")).toBe(false);
      await page.selectOption("#query-part", { label: "fiqa" });
      await page.locator("#query-list li:nth-child(101)").waitFor({ state: "detached" });
      expect(await page.locator("#query-list li").count()).toBe(100);
      expect(complaints).toEqual([]);
    });
  });

  describe("with hostile texts", () => {
    it("shows them as text, runs nothing and asks for nothing", async () => {
      const path = await writtenPage("hostile", pageSource({ text: HOSTILE }));
      const { page, complaints, requests, url } = await open(path);
      expect(await page.title()).toContain("</script><script>");
      expect(await page.locator("img, iframe, object, embed, svg script, svg a").count()).toBe(0);
      expect(await shown(page)).toContain("\"' javascript:alert(1) <U+202E>txt.exe");
      expect(await page.textContent("[data-part=spike-hits] [data-part=scenario]")).toContain("onerror=");
      expect(await page.locator('a[href^="javascript:" i]').count()).toBe(0);
      expect(requests).toEqual([url]);
      expect(complaints).toEqual([]);
    });

    it("would not run a script that got into the page", async () => {
      const path = await writtenPage("injected", pageSource());
      const page = await readFile(path, "utf8");
      await writeFile(
        path,
        page.replace(
          "</main>",
          '<script>document.title = "taken"</script><img src="x" onerror="document.title = 1"></main>',
        ),
      );
      const opened = await open(path);
      expect(await opened.page.title()).not.toBe("taken");
      expect(opened.complaints.join("\n")).toMatch(/Content.Security.Policy/);
    });
  });
});

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };
