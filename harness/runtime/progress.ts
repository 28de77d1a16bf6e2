import type { Clock } from "./clock.ts";

/** Tells a person how far something long has come. */
export type Progress = {
  /** Starts a piece of work of `total` units (0: nobody knows), called `label`; `bytes` are written as kB, MB, GB. */
  start(label: string, total: number, unit: string): ProgressTask;
};

type ProgressTask = {
  /** `done` units of the total are finished. */
  update(done: number): void;
  /** `units` of the total were there before: they count as done, and not as work of this time. */
  skip(units: number): void;
  end(): void;
};

/** Says nothing: for tests and for JSON consumers. */
export const silentProgress: Progress = {
  start: () => ({ update: () => undefined, skip: () => undefined, end: () => undefined }),
};

export type ProgressOutput = {
  readonly write: (text: string) => void;
  /** A terminal gets one line that is rewritten; anything else gets a line now and then. */
  readonly interactive: boolean;
  readonly clock: Clock;
};

const QUIET_MS = 1_000;
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 10_000;

/** Progress with rate and remaining time, for work that takes longer than a second; shorter work prints nothing. */
export function createProgress({ write, interactive, clock }: ProgressOutput): Progress {
  return {
    start(label, total, unit) {
      const started = clock();
      let next = started + QUIET_MS;
      let shown = false;
      let last = 0;
      let skipped = 0;
      function line(done: number, now: number): string {
        const rate = Math.max(done - skipped, 0) / Math.max((now - started) / 1_000, 1e-9);
        const left = rate === 0 ? "?" : formatSeconds(Math.max(total - done, 0) / rate);
        if (unit === "bytes" && total === 0) return `${label}: ${formatBytes(done)} (${formatBytes(rate)}/s)`;
        if (unit === "bytes") {
          return `${label}: ${formatBytes(done)} of ${formatBytes(total)} (${formatBytes(rate)}/s, ${left} left)`;
        }
        return `${label}: ${done}/${total} ${unit} (${rate.toFixed(rate < 10 ? 1 : 0)}/s, ${left} left)`;
      }
      return {
        skip(units) {
          skipped += units;
        },
        update(done) {
          last = done;
          const now = clock();
          if (now < next) return;
          next = now + (interactive ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
          shown = true;
          write(interactive ? `\r\u001b[K${line(done, now)}` : `${line(done, now)}\n`);
        },
        end() {
          if (!shown) return;
          const amount = unit === "bytes" ? formatBytes(last) : `${last} ${unit}`;
          const text = `${label}: ${amount} in ${formatSeconds((clock() - started) / 1_000)}\n`;
          write(interactive ? `\r\u001b[K${text}` : text);
        },
      };
    },
  };
}

/** `7.3 s`, `4 min 12 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `512 B`, `1.5 kB`, `23.4 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${(bytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
