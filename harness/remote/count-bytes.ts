import type { Progress } from "../runtime/progress.ts";
import type { Meter } from "./transfer.ts";

/** Counts what downloads bring, and shows it while `watch` runs. */
export type ByteCount = {
  readonly meter: Meter;
  /** Bytes that came over the network. */
  arrived(): number;
  /** Shows a progress line of `total` bytes (0: nobody knows) while the work runs. */
  watch<Result>(label: string, total: number, work: () => Promise<Result>): Promise<Result>;
};

export function countBytes(progress: Progress): ByteCount {
  let arrived = 0;
  let done = 0;
  let task: ReturnType<Progress["start"]> | undefined;
  return {
    meter: {
      add(bytes) {
        arrived += Math.max(bytes, 0);
        done += bytes;
        task?.update(done);
      },
      skip(bytes) {
        done += bytes;
        task?.skip(bytes);
        task?.update(done);
      },
    },
    arrived: () => arrived,
    async watch(label, total, work) {
      task = progress.start(label, total, "bytes");
      done = 0;
      try {
        return await work();
      } finally {
        task.end();
        task = undefined;
      }
    },
  };
}
