/** What may be done to a text so that it holds the JSON object that was meant; nothing else is. */
export type JsonRepair =
  | "reasoning" // what comes before `</think>` is dropped
  | "code-fence" // Markdown's fence around the object is dropped
  | "leading-text" // so is other text before the object
  | "trailing-text" // and after it
  | "trailing-comma" // a comma before a closing bracket is dropped
  | "invalid-escape" // a backslash before what JSON cannot escape stands for itself, as in formulas
  | "control-character" // a raw line break or tab in a string is escaped
  | "cut-off"; // an object that ends too early loses its last, unfinished item and is closed

const OBJECT_START = /\{\s*["}]/;
const REASONING_END = "</think>";
const FENCE = /```[a-z]*/gi;

/**
 * Finds the first JSON object in a text and mends it.
 *
 * @returns undefined when there is none, or brackets do not match
 */
export function repairJson(
  text: string,
): { readonly json: string; readonly repairs: readonly JsonRepair[] } | undefined {
  const repairs = new Set<JsonRepair>();
  const thought = text.lastIndexOf(REASONING_END);
  if (thought !== -1) repairs.add("reasoning");
  const answer = thought === -1 ? text : text.slice(thought + REASONING_END.length);
  const start = answer.search(OBJECT_START);
  if (start === -1) return undefined;
  const scanned = scanObject(answer.slice(start));
  if (scanned === undefined) return undefined;
  const before = answer.slice(0, start);
  const after = answer.slice(start + scanned.end);
  if (`${before}${after}`.includes("```")) repairs.add("code-fence");
  if (before.replace(FENCE, "").trim() !== "") repairs.add("leading-text");
  if (after.replace(FENCE, "").trim() !== "") repairs.add("trailing-text");
  for (const repair of scanned.repairs) repairs.add(repair);
  return { json: scanned.json, repairs: [...repairs] };
}

type Scanned = { readonly json: string; readonly end: number; readonly repairs: ReadonlySet<JsonRepair> };

/** A whole string, the start of one that does not end, a bracket, or anything between them. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"|"|[{}[\]]|[^"{}[\]]+/g;
const CLOSER = new Map([
  ["{", "}"],
  ["[", "]"],
]);

/** Copies an object up to its closing bracket and mends it on the way. @param text begins with `{` */
function scanObject(text: string): Scanned | undefined {
  const repairs = new Set<JsonRepair>();
  const open: string[] = [];
  let json = "";
  // closed behind the last whole item of an array
  let safe: string | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    // a string that does not end
    if (token === '"') break;
    const kind = kindOf(token);
    if (kind === "opening") open.push(CLOSER.get(token) ?? "");
    if (kind === "closing" && open.pop() !== token) return undefined;
    json = beforeToken(json, kind, repairs) + mendString(token, repairs);
    if (open.length === 0) return { json, end: index + token.length, repairs };
    if (isItem(kind, open)) safe = json + open.toReversed().join("");
  }
  if (safe === undefined) return undefined;
  repairs.add("cut-off");
  return { json: safe, end: text.length, repairs };
}

type TokenKind = "string" | "opening" | "closing" | "other";

function kindOf(token: string): TokenKind {
  if (CLOSER.has(token)) return "opening";
  if (token === "}" || token === "]") return "closing";
  return token.startsWith('"') ? "string" : "other";
}

/** Whether a token ends an item of an array. @param open closing brackets that are due */
function isItem(kind: TokenKind, open: readonly string[]): boolean {
  return (kind === "string" || kind === "closing") && open.at(-1) === "]";
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: raw control characters are what is looked for
const TO_MEND = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\|[\u0000-\u001f]/g;

/** @param token a string with its quotes; anything else comes back as it is */
function mendString(token: string, repairs: Set<JsonRepair>): string {
  if (!token.startsWith('"')) return token;
  return token.replaceAll(TO_MEND, (found) => {
    if (found.length > 1) return found;
    repairs.add(found === "\\" ? "invalid-escape" : "control-character");
    return JSON.stringify(found).slice(1, -1);
  });
}

/** What was copied, without the comma that must not stand before a closing bracket. */
function beforeToken(json: string, kind: TokenKind, repairs: Set<JsonRepair>): string {
  const end = kind === "closing" ? json.trimEnd() : "";
  if (!end.endsWith(",")) return json;
  repairs.add("trailing-comma");
  return end.slice(0, -1);
}
