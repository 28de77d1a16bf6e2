import { parseYaml, type YamlPath, type YamlSource } from "../storage/yaml-source.ts";
import { type ExperimentSpec, experimentSchema, selectionSchema } from "./experiment-spec.ts";
import { specError } from "./spec-error.ts";

/** A checked run file and the way from its parts back to lines. */
export type Experiment = {
  readonly spec: ExperimentSpec;
  readonly where: YamlSource["where"];
};

/**
 * Parses the text of a run file.
 *
 * @param file how messages call it
 * @throws {HarnessError} `SPEC_INVALID`: line, column, what was expected, what was found
 */
export function parseExperiment(text: string, file: string): Experiment {
  const source = parseYaml(text, file, isIdPath);
  const parsed = experimentSchema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return { spec: parsed.data, where: source.where };
  throw specError(parsed.error, { source, file, knownKeys });
}

/** Names of retrievers, datasets and so on: read as written, so that `0012` is not 12. */
function isIdPath(path: YamlPath): boolean {
  const [first, second] = path;
  return first === "name" || (first === "matrix" && second !== "alpha" && !path.includes("alpha"));
}

function knownKeys(path: YamlPath): readonly string[] {
  if (path[0] === "matrix" && (path[1] === "include" || path[1] === "exclude"))
    return Object.keys(selectionSchema.shape);
  if (path.length === 0) return Object.keys(experimentSchema.shape);
  if (path.length === 1 && path[0] === "matrix") return Object.keys(experimentSchema.shape.matrix.shape);
  if (path.length === 1 && path[0] === "comparison") {
    return Object.keys(experimentSchema.shape.comparison.unwrap().shape);
  }
  return [];
}
