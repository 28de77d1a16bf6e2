import { z } from "zod";
import { hashFile } from "../storage/content-hash.ts";

/** A file of a repository at a commit. */
export const hubFileSchema = z.object({
  path: z.string(),
  size: z.number().int().nonnegative(),
  /** Git's object id: of the content, or of a pointer when the file is in LFS. */
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  /** Of the content; LFS files have one. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

export type HubFile = z.output<typeof hubFileSchema>;

/** Name of the file's content in the hub's cache, which is also the digest that the content must have. */
export function blobName({ oid, sha256 }: Pick<HubFile, "oid" | "sha256">): string {
  return sha256 ?? oid;
}

/** The digest of a file on disk, of the kind that `expected` has: sha256 for LFS, git's blob id otherwise. */
export async function digestAs(path: string, { sha256, size }: HubFile): Promise<string> {
  return sha256 === undefined
    ? await hashFile(path, { algorithm: "sha1", prefix: `blob ${size}\0` })
    : await hashFile(path);
}
