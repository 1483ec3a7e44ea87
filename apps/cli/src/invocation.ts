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

/** A word of a command line, in quotes where a shell would cut it up. */
export function quote(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}

/** A command people can copy. */
export function command(...words: readonly string[]): string {
  return [invocation(process.argv[1] ?? "alexnet", process.cwd()), ...words.map(quote)].join(" ");
}
