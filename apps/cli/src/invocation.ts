import { basename, relative, resolve, sep } from "node:path";

/** How to call this program from here, for commands people can copy: as it was called this time. */
export function invocation(script: string, directory: string): string {
  const parts = resolve(script).split(sep);
  if (parts.includes("node_modules")) {
    const local = !relative(directory, resolve(script)).startsWith("..");
    return local ? "npx alexnet" : "alexnet";
  }
  if (basename(script).endsWith(".js")) return `node ${quote(relative(directory, resolve(script)))}`;
  return "alexnet";
}

/**
 * A word of a command line, in quotes where a shell would do something with it: single ones, in which POSIX shells take
 * everything as it is, or on Windows, where no file's name holds them, double ones.
 */
export function quote(word: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32") return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A path as a word of a command, so that one beginning with `-` is not taken for a flag. */
export function pathWord(path: string): string {
  return path.startsWith("-") ? `./${path}` : path;
}

/** A command people can copy. */
export function command(...words: readonly string[]): string {
  return [invocation(process.argv[1] ?? "alexnet", process.cwd()), ...words.map((word) => quote(word))].join(" ");
}
