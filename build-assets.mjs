// tsc copies no data files and sets no run bit: the two things a build needs besides it.
import { chmod, cp } from "node:fs/promises";

await cp("harness", "dist", { recursive: true, filter: (path) => !path.endsWith(".ts") });
await chmod("dist/cli/main.js", 0o755);
