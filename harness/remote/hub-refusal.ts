import { HarnessError } from "../errors.ts";
import type { HubSettings } from "./hub-settings.ts";

/** The hub's word for what a repository holds; part of its addresses and of the cache's folders. */
export type RepositoryKind = "datasets" | "models";

/** What was asked of the hub. */
export type HubRequest = {
  readonly kind: RepositoryKind;
  readonly repository: string;
  readonly revision: string;
  /** Of the file that was asked for; undefined for the revision and the tree. */
  readonly path?: string | undefined;
};

/**
 * One line for a status that is no answer, with what to do about it. The hub answers 401 for repositories that do not
 * exist, too, so that private names cannot be guessed.
 *
 * Codes: `REMOTE_REFUSED`; `REMOTE_UNREACHABLE` for 5xx.
 */
export function hubRefusal(
  { kind, repository, revision, path }: HubRequest,
  { status, headers }: Response,
  { endpoint, token }: Pick<HubSettings, "endpoint" | "token">,
): HarnessError {
  const where = `${endpoint}/${kind === "models" ? "" : `${kind}/`}${repository}`;
  const declared = kind === "models" ? "in the run file or the command" : "in the dataset's card";
  const refused = (message: string, hint?: string) =>
    new HarnessError("REMOTE_REFUSED", `${message} (${status}).`, { where, hint });
  if (status === 401 || status === 403) {
    return refused(
      token === undefined
        ? "the repository is gated, private or unknown"
        : "the repository is gated, private or unknown to the owner of the token in HF_TOKEN",
      "Check its name, accept its terms on that page, and set HF_TOKEN to a token that may read it.",
    );
  }
  if (status === 404) {
    switch (headers.get("x-error-code")) {
      case "RepoNotFound":
        return refused("there is no such repository", `Check its name ${declared}.`);
      case "RevisionNotFound":
        return refused(`the repository has no revision \`${revision}\``, `Check \`revision\` ${declared}.`);
      default:
        return path === undefined
          ? refused(`there is no such repository, or it has no revision \`${revision}\``, `Check both ${declared}.`)
          : refused(`revision \`${revision}\` has no file \`${path}\``);
    }
  }
  if (status === 429) {
    return refused("too many requests", "Wait some minutes, or set HF_TOKEN: known users may ask more often.");
  }
  if (status >= 500) {
    return new HarnessError("REMOTE_UNREACHABLE", `the server failed (${status}).`, {
      where,
      hint: "Try again later; the same command goes on where this one stopped.",
    });
  }
  return refused(`unexpected answer to a request for ${path === undefined ? "the repository" : `\`${path}\``}`);
}
