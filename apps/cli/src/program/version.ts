import { readFileSync } from "node:fs";

/** The package.json of this package. */
export const manifest: { readonly version: string; readonly optionalDependencies: Readonly<Record<string, string>> } =
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** The version of this package. */
export const { version } = manifest;
