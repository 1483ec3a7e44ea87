import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), "utf8");

const excerpts = [...read("docs/writing-a-backend.md").matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
  ([, path, code]) => ({ path: path as string, code: code as string }),
);

it("the guide shows code", () => {
  expect(excerpts.length).toBeGreaterThan(3);
});

it.each(excerpts)("the guide shows $path as it is", ({ path, code }) => {
  expect(read(path)).toContain(code);
});
