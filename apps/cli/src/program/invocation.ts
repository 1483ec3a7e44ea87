import { basename, relative, resolve, sep } from "node:path";

/**
 * How this program came here: as a dependency of the project that `directory` is in, into the cache of `npx`, with
 * `npm install --global`, or as a checkout.
 */
type Installation = "project" | "npx" | "global" | "checkout";

function installation(script: string, directory: string): Installation {
  const parts = resolve(script).split(sep);
  if (parts.includes("_npx")) return "npx";
  const modules = parts.indexOf("node_modules");
  if (modules >= 0) {
    const owner = parts.slice(0, modules).join(sep) || sep;
    return relative(owner, directory).startsWith("..") ? "global" : "project";
  }
  return basename(script).endsWith(".js") ? "checkout" : "global"; // A link on the path leads to a global installation.
}

/** How to call this program from here, for commands people can copy: as it was called this time. */
export function invocation(script: string, directory: string): string {
  const how = installation(script, directory);
  if (how === "checkout") return `node ${quote(relative(directory, resolve(script)))}`;
  return how === "global" ? "alexnet" : "npx alexnet";
}

/**
 * How to add packages to this installation, where `npm install <packages>` in the current folder, which is what libraries
 * recommend, would not.
 */
export function installAdvice(packages: readonly string[], script: string, directory: string): string | undefined {
  const how = installation(script, directory);
  if (packages.length === 0 || how === "project" || how === "checkout") return undefined;
  return how === "npx"
    ? `As npx runs this program: npx ${["alexnet", ...packages].map((name) => `-p ${name}`).join(" ")} alexnet …`
    : `As this program is installed globally: npm install --global --ignore-scripts ${packages.join(" ")}`;
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
