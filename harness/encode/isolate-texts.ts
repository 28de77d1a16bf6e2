import { EndpointFailure } from "../remote/openai-client.ts";

export type IsolationSteps<Item> = {
  /** Vectors in the order of the items, undefined where there is none; retries are done inside, fewer when `brief`. */
  send(items: readonly Item[], brief: boolean): Promise<readonly (Float32Array | undefined)[]>;
  /** Encodes a text that any server takes. @throws when the server is what fails */
  probe(): Promise<unknown>;
  /** The item with less of its text; undefined when that is not wanted or nothing is left. */
  shorten(item: Item): Item | undefined;
  keep(item: Item, vector: Float32Array): void;
  refuse(item: Item, why: string): void;
};

/** Of the statuses that no retry mended, those that a text may be the cause of. */
const TEXT_STATUSES: readonly number[] = [400, 413, 422];
const TOO_LONG = /too long|too many tokens|too large|context length|maximum.{0,40}(tokens|length)|token limit|exceed/i;

/**
 * Encodes a batch; one that fails is halved until the texts that fail alone are found, which are refused while the others
 * are kept. A probe before the first halving and before every refusal tells a bad text from a bad server.
 *
 * @throws what `send` throws when it is not about texts, or the probe fails too
 */
export async function encodeIsolating<Item>(
  items: readonly Item[],
  steps: IsolationSteps<Item>,
  halved = false,
): Promise<void> {
  const outcome = await attempt(items, steps, halved && items.length > 1);
  if (outcome instanceof EndpointFailure) return await isolate(items, outcome, { steps, halved });
  for (const [position, item] of items.entries()) {
    const vector = outcome[position];
    if (vector !== undefined) steps.keep(item, vector);
    else if (items.length === 1) steps.refuse(item, "its vector is all zero or not finite.");
    else await encodeIsolating([item], steps, true);
  }
}

type Isolation<Item> = { readonly steps: IsolationSteps<Item>; readonly halved: boolean };

async function isolate<Item>(items: readonly Item[], failure: EndpointFailure, { steps, halved }: Isolation<Item>) {
  const tooLong = isTooLong(failure);
  if (items.length > 1) {
    if (!halved && !tooLong) await probe(steps, failure);
    const middle = Math.ceil(items.length / 2);
    await encodeIsolating(items.slice(0, middle), steps, true);
    return await encodeIsolating(items.slice(middle), steps, true);
  }
  for (const item of items) {
    const shorter = tooLong ? steps.shorten(item) : undefined;
    if (shorter !== undefined) return await encodeIsolating([shorter], steps, halved);
    await probe(steps, failure);
    steps.refuse(item, failure.message);
  }
}

async function attempt<Item>(items: readonly Item[], steps: IsolationSteps<Item>, brief: boolean) {
  try {
    return await steps.send(items, brief);
  } catch (error) {
    if (error instanceof EndpointFailure && mayBeTexts(error)) return error;
    throw error;
  }
}

async function probe<Item>(steps: IsolationSteps<Item>, failure: EndpointFailure): Promise<void> {
  try {
    await steps.probe();
  } catch (error) {
    // both say that the server fails; the first says it about the user's texts
    throw error instanceof EndpointFailure ? failure : error;
  }
}

function mayBeTexts({ status }: EndpointFailure): boolean {
  return status === undefined || status >= 500 || TEXT_STATUSES.includes(status);
}

function isTooLong({ status, message }: EndpointFailure): boolean {
  return status === 413 || (status !== undefined && TEXT_STATUSES.includes(status) && TOO_LONG.test(message));
}
