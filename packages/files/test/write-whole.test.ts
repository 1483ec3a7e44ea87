import { link, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeFailure, isFolder, makeFolder, readIfThere, readWhole, writeWhole } from "../src/index.js";
import { temporaryDirectory } from "./helpers.js";

describe("writeWhole", () => {
  it("writes a text, and chunks one after the other", async () => {
    const directory = await temporaryDirectory();
    await writeWhole(join(directory, "text"), "é\n");
    await writeWhole(join(directory, "chunks"), [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)]);
    expect(await readFile(join(directory, "text"), "utf8")).toBe("é\n");
    expect(await readWhole(join(directory, "chunks"))).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("replaces a file without writing into it, and leaves nothing else behind", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "file"), "old");
    await link(join(directory, "file"), join(directory, "same"));
    await writeWhole(join(directory, "file"), "new");
    expect(await readFile(join(directory, "same"), "utf8")).toBe("old");
    expect(await readFile(join(directory, "file"), "utf8")).toBe("new");
    expect((await readdir(directory)).sort()).toEqual(["file", "same"]);
  });

  it("leaves what was there, and no partial file, when it fails", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "file"), "old");
    const failing = (function* () {
      yield Uint8Array.of(1);
      throw new Error("no more");
    })();
    await expect(writeWhole(join(directory, "file"), failing)).rejects.toThrow("no more");
    expect(await readFile(join(directory, "file"), "utf8")).toBe("old");
    expect(await readdir(directory)).toEqual(["file"]);
  });

  it("fails with the system's error, which has words", async () => {
    const path = join(await temporaryDirectory(), "missing", "file");
    const failure = await writeWhole(path, "").catch((error: unknown) => error);
    expect(describeFailure(failure)).toBe("it is not there (ENOENT)");
    expect(describeFailure("stop")).toBe("stop");
    expect(describeFailure(new Error("no code"))).toBe("no code");
  });
});

describe("readIfThere", () => {
  it("is undefined for a file that is not there, and throws for one that cannot be read", async () => {
    const directory = await temporaryDirectory();
    expect(await readIfThere(join(directory, "missing"))).toBeUndefined();
    await expect(readIfThere(directory)).rejects.toMatchObject({ code: "EISDIR" });
  });
});

describe("makeFolder", () => {
  it("makes those above it, and takes one that is there", async () => {
    const directory = join(await temporaryDirectory(), "a", "b", "c");
    await makeFolder(directory);
    await makeFolder(directory);
    expect(await isFolder(directory)).toBe(true);
  });

  it("fails where a file is in the way", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "file"), "");
    await expect(makeFolder(join(directory, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeFolder(join(directory, "file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
    await mkdir(join(directory, "folder"));
    expect(await isFolder(join(directory, "file"))).toBe(false);
  });

  it("comes to an end where no folder can be made", async (context) => {
    context.skip(process.platform !== "linux", "only Linux has /proc, in which nothing can be made");
    await expect(makeFolder("/proc/none/below")).rejects.toMatchObject({ code: "ENOENT" });
  });
});
