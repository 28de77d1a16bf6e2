import type { CommandModule } from "yargs";
import { cacheCommand } from "./cache-command.ts";
import { compareCommand } from "./compare-command.ts";
import { datasetsCommand } from "./datasets-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { evaluateCommand } from "./evaluate-command.ts";
import { expandCommand } from "./expand-command.ts";
import { gateCommand } from "./gate-command.ts";
import { initCommand } from "./init-command.ts";
import { listCommand } from "./list-command.ts";
import { modelsCommand } from "./models-command.ts";
import { openCommand } from "./open-command.ts";
import { planCommand } from "./plan-command.ts";
import { reportCommand } from "./report-command.ts";
import { reproduceCommand } from "./reproduce-command.ts";
import { runCommand } from "./run-command.ts";
import { scenariosCommand } from "./scenarios-command.ts";
import { schemaCommand } from "./schema-command.ts";
import { showCommand } from "./show-command.ts";
import { taskCommand } from "./task-command.ts";
import { trainDataCommand } from "./train-data-command.ts";
import { validateCommand } from "./validate-command.ts";

/**
 * Every command. Their files hold flags and printing only and import what they call when they are called, so that
 * `--help` loads no schema library and no component.
 */
// biome-ignore lint/suspicious/noExplicitAny: yargs types a list of commands with different flags in no other way
export const commands: readonly CommandModule<object, any>[] = [
  initCommand,
  runCommand,
  planCommand,
  validateCommand,
  evaluateCommand,
  compareCommand,
  reportCommand,
  showCommand,
  openCommand,
  gateCommand,
  reproduceCommand,
  datasetsCommand,
  cacheCommand,
  modelsCommand,
  scenariosCommand,
  expandCommand,
  taskCommand,
  trainDataCommand,
  listCommand,
  doctorCommand,
  schemaCommand,
];
