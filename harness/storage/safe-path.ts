/**
 * Whether a path from outside, of an archive or a remote tree, stays below the folder it is joined to on every system:
 * relative, `/` between its parts, no `.`, `..`, empty part, drive letter, backslash or control character.
 */
export function isSafePath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (path === "" || /[\\\u0000-\u001f]/.test(path) || /^[A-Za-z]:/.test(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * What a folder can be called on any system: dots alone would lead elsewhere, some characters are refused, some names are
 * devices (Windows), and 80 characters fit into 255 bytes in nearly every script.
 */
export const FOLDER_NAME =
  /^(?!\.)(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[^/\\:*?"<>|\p{Cc}]{0,79}[^/\\:*?"<>|\p{Cc}.]$/iu;
