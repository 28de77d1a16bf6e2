import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError } from "../../errors.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { FOLDER_NAME } from "../../storage/safe-path.ts";

type TemplateFile = { readonly template: string; readonly target: string };

/** Files of each template; `NAME` in a target or a text stands for the name that was chosen. */
const TEMPLATES = {
  sweep: [{ template: "sweep.yaml", target: "runs/NAME.yaml" }],
  reproduce: [
    { template: "reproduce-run.yaml", target: "runs/NAME.yaml" },
    { template: "reproduce-pack.yaml", target: "reports/published/NAME.yaml" },
  ],
  gate: [
    { template: "sweep.yaml", target: "runs/NAME.yaml" },
    { template: "gate-workflow.yaml", target: ".github/workflows/NAME.yml" },
  ],
} as const satisfies Readonly<Record<string, readonly TemplateFile[]>>;

export type TemplateName = keyof typeof TEMPLATES;

export type InitOptions = { readonly folder: string; readonly name: string; readonly force: boolean };

/**
 * Writes the commented files of a template. None is written when one of them is there already, unless `force`.
 *
 * @returns their paths, relative to the folder
 * @throws {HarnessError} `USAGE` for a name that no run file can have, or a file that is there; `NOT_WRITABLE`
 */
export async function initProject(
  template: TemplateName,
  { folder, name, force }: InitOptions,
): Promise<readonly string[]> {
  if (!FOLDER_NAME.test(name) || !/^[\w.-]+$/.test(name)) {
    throw new HarnessError("USAGE", `expected a name of letters, digits, \`-\`, \`_\` and \`.\`, got \`${name}\`.`, {
      where: "--name",
    });
  }
  const files = TEMPLATES[template].map((file) => ({ ...file, target: file.target.replaceAll("NAME", name) }));
  for (const { target } of force ? [] : files) {
    if (await isThere(join(folder, target))) {
      throw new HarnessError("USAGE", "expected no file there, found one.", {
        where: join(folder, target),
        hint: "Choose another `--name`, or `--force` to write over it.",
      });
    }
  }
  for (const file of files) {
    const text = await readFile(new URL(`templates/${file.template}`, import.meta.url), "utf8");
    await writeFileAtomic(join(folder, file.target), text.replaceAll("NAME", name));
  }
  return files.map(({ target }) => target);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
