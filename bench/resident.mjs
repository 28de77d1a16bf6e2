// A process that stays: it loads once and answers questions, one JSON line each, so that rounds of several engines can take
// turns without any paying for its start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** @returns `ask`, one question at a time, and `close` */
export function startResident(command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${command} ${args[0]} ended without an answer`);
      return JSON.parse(value);
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** numpy, and faiss-cpu where that Python has it. @param python command, the system's unless told */
export function startPeer(python = "python3") {
  return startResident(python, [join(import.meta.dirname, "numpy_peer.py")]);
}

/**
 * Rounds in which every entrant answers once, in an order that turns; the first round warms up and is not counted.
 *
 * @param entrants name -> a function that returns `{ seconds, peakBytes }`
 * @returns name -> median seconds, fastest, and the median of the ratios to `base` within each round
 */
export async function interleave(entrants, { rounds, base }) {
  const names = Object.keys(entrants);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const answer = await entrants[name]();
      if (round > 0) taken[name].push(answer);
    }
  }
  return Object.fromEntries(
    names.map((name) => {
      const seconds = taken[name].map((answer) => answer.seconds);
      const ratios = seconds.map((own, round) => own / taken[base][round].seconds);
      const last = taken[name].at(-1);
      return [name, { median: median(seconds), least: Math.min(...seconds), ratio: median(ratios), last }];
    }),
  );
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Prints one line an entrant. @param flops of one answer, undefined where that says nothing */
export function printTable(title, results, flops) {
  process.stdout.write(`\n${title}\n`);
  for (const [name, { median: middle, least, ratio, last }] of Object.entries(results)) {
    const speed = flops === undefined ? "" : `  ${(flops / middle / 1e9).toFixed(0).padStart(4)} GF/s`;
    const memory = last.peakBytes === undefined ? "" : `  peak ${(last.peakBytes / 1e6).toFixed(0)} MB`;
    process.stdout.write(
      `  ${name.padEnd(48)} median ${middle.toFixed(3)} s  least ${least.toFixed(3)} s  ratio ${ratio.toFixed(2)}${speed}${memory}\n`,
    );
  }
}
