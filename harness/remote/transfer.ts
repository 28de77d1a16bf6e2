import { open, rm, stat } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { RetryLater } from "../runtime/retry.ts";
import { fileError } from "../storage/file-error.ts";
import { type Exchange, exchange, type Network, shown } from "./http-exchange.ts";

/** Counts bytes for whoever watches. */
export type Meter = {
  /** Bytes that came over the network; negative when some are thrown away. */
  add(bytes: number): void;
  /** Bytes that an earlier download left. */
  skip(bytes: number): void;
};

export type Transfer = Pick<Exchange<void>, "url" | "credentials" | "refuse"> & {
  /** Undefined when nobody said: the server's word counts then. */
  readonly size: number | undefined;
  /**
   * The digest of the whole is known, so that what an earlier command left can be built on. Otherwise a cut download goes on
   * only within this call, and only if the server says that the file is still the same (If-Range).
   */
  readonly checked: boolean;
  readonly meter: Meter;
};

/** More than any dataset has; ends a download that does not end. */
const MOST_BYTES = 1e12;

/**
 * Brings the bytes of `url` that `partial` lacks. Asks for the rest only; a server that sends everything all the same makes
 * it start over. Nothing is verified but the size.
 *
 * @throws {HarnessError} as `exchange`; what has arrived stays in `partial`
 */
export async function transfer(from: Transfer, partial: string, network: Network): Promise<void> {
  const { size, checked, meter } = from;
  let held = await sizeOf(partial);
  if (!checked || (size !== undefined && held > size)) {
    await rm(partial, { force: true });
    held = 0;
  }
  meter.skip(held);
  if (held === size && held > 0) return;
  let validator: string | undefined;
  await exchange(
    {
      url: from.url,
      credentials: from.credentials,
      refuse: from.refuse,
      accepted: [416],
      async headers() {
        const onDisk = await sizeOf(partial);
        if (onDisk > 0 && !checked && validator === undefined) await rm(partial, { force: true });
        const start = await sizeOf(partial);
        meter.add(start - onDisk);
        held = start;
        // compressed on the way, a range would be one of other bytes
        const identity = { "accept-encoding": "identity" };
        if (held === 0) return identity;
        const condition = checked || validator === undefined ? {} : { "if-range": validator };
        return { ...identity, ...condition, range: `bytes=${held}-` };
      },
      async use(response, alive) {
        if (response.status === 416 && held === size) return;
        const start = firstByte(response);
        validator = strongValidator(response);
        if (start !== 0 && start !== held) {
          await rm(partial, { force: true });
          meter.add(-held);
          throw new RetryLater(broken(from.url, "the server answered another range than was asked for"));
        }
        if (start === 0) meter.add(-held);
        await append({ response, alive, partial, start, from });
      },
    },
    network,
  );
}

type Arrival = {
  readonly response: Response;
  readonly alive: () => void;
  readonly partial: string;
  readonly start: number;
  readonly from: Transfer;
};

async function append({ response, alive, partial, start, from: { url, size, meter } }: Arrival): Promise<void> {
  let arrived = start;
  const handle = await open(partial, start === 0 ? "w" : "a").catch((cause: unknown) => {
    throw fileError(partial, "write", cause);
  });
  try {
    for await (const chunk of response.body ?? []) {
      alive();
      arrived += chunk.byteLength;
      if (arrived > (size ?? MOST_BYTES)) break;
      await handle.writeFile(chunk).catch((cause: unknown) => {
        throw fileError(partial, "write", cause);
      });
      meter.add(chunk.byteLength);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (arrived > (size ?? MOST_BYTES)) {
    throw new HarnessError("CHECKSUM_MISMATCH", `expected ${size ?? MOST_BYTES} bytes, got more.`, {
      where: shown(url),
    });
  }
  if (size !== undefined && arrived < size) {
    throw new RetryLater(broken(url, `the connection ended after ${arrived} of ${size} bytes`));
  }
}

/** Where the bytes of an answer start; undefined for a refused range and for one that cannot be read. */
function firstByte({ status, headers }: Response): number | undefined {
  if (status === 416) return undefined;
  if (status !== 206) return 0;
  const start = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1];
  return start === undefined ? undefined : Number(start);
}

function strongValidator({ headers }: Response): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag : undefined;
}

function broken(url: string, message: string): HarnessError {
  return new HarnessError("REMOTE_UNREACHABLE", `${message}.`, {
    where: shown(url),
    hint: "The same command goes on where this one stopped.",
  });
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}
