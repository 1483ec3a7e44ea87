import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { redirected } from "../src/http-get.js";
import { downloadFile, type FileDownload, readWhole } from "../src/index.js";
import { type Answer, fileServer, sendingOnly, serving } from "./file-server.js";
import { temporaryDirectory } from "./helpers.js";

const file = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 31) & 255));
const digest = createHash("sha256").update(file).digest("hex");
const STALL = 300;

const download = (path: string, address: string, more: Partial<FileDownload> = {}): FileDownload => ({
  path,
  urls: [`${address}file`],
  mostBytes: file.length,
  fault: async (bytes) =>
    createHash("sha256").update(bytes).digest("hex") === digest ? undefined : "it is another file",
  stallTimeout: STALL,
  signal: undefined,
  onProgress: () => {},
  failure: (message, options) => new Error(message, options),
  ...more,
});

/** Sends a piece every so many milliseconds, for ever. */
const trickling =
  (piece: Buffer, every: number, headers: Record<string, number> = {}): Answer =>
  (response) => {
    response.writeHead(200, headers);
    const timer = setInterval(() => response.write(piece), every);
    response.on("close", () => clearInterval(timer));
  };

/** What a server may do, and what is said of it. */
const hostile: readonly (readonly [string, Answer, RegExp])[] = [
  ["never answers", () => {}, /no answer within 0\.3 s|no data for/],
  [
    "sends a byte of its headers now and then",
    (response) => {
      response.socket?.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => response.socket?.write("x"), 50);
      response.on("close", () => clearInterval(timer));
    },
    /no answer within 0\.3 s/,
  ],
  ["stops in the middle", sendingOnly(1000, file), /no data for 0\.3 s/],
  ["sends a byte of the file now and then", trickling(Buffer.from("x"), 50), /no more than \d+ bytes in 0\.3 s/],
  ["sends without an end", trickling(Buffer.alloc(50_000), 1), /sends more than the 100000 bytes/],
  [
    "announces too much",
    (response) => void response.writeHead(200, { "content-length": 10 ** 12 }).write("x"),
    /sends more than the 100000 bytes/,
  ],
  [
    "sends the file with more behind it",
    (response) => void response.end(Buffer.concat([file, file])),
    /sends more than/,
  ],
  ["sends another file of the same size", (response) => void response.end(Buffer.alloc(file.length)), /another file/],
  ["sends nothing", (response) => void response.end(), /another file/],
  [
    "sends less than it announces",
    (response) => void response.writeHead(200, { "content-length": file.length }).end("x"),
    /.+/,
  ],
  [
    "sends another range than was asked for",
    (response) => void response.writeHead(206, { "content-range": "bytes 7-9/10" }).end("abc"),
    /another range/,
  ],
  ["has no such file", (response) => void response.writeHead(404).end(), /answered 404/],
  ["fails", (response) => void response.writeHead(500).end("x".repeat(1000)), /answered 500/],
  [
    "redirects in circles",
    (response) => void response.writeHead(302, { location: "/file" }).end(),
    /more than 5 redirects/,
  ],
  [
    "redirects to a file of this machine",
    (response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    /redirects to file:.*not safe to follow/,
  ],
  ["redirects to nowhere", (response) => void response.writeHead(302, { location: "http://" }).end(), /Invalid URL/],
  [
    "redirects with a body that does not end",
    (response, _, index) => {
      response.writeHead(302, { location: `/${index}` });
      const timer = setInterval(() => response.write("x"), 1);
      response.on("close", () => clearInterval(timer));
    },
    /more than 5 redirects/,
  ],
  ["hangs up", (response) => void response.socket?.destroy(), /socket hang up|ECONNRESET/],
  ["is no web server", (response) => void response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n"), /Parse Error|Expected HTTP/],
  [
    "has headers without an end",
    (response) => void response.socket?.write(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}`),
    /Header overflow|Parse Error/,
  ],
];

describe("a server that", () => {
  it.each(hostile)("%s is given up, and leaves the next its turn", async (_, answer, message) => {
    const path = join(await temporaryDirectory(), "file");
    const { address } = await fileServer(answer);
    await expect(downloadFile(download(path, address))).rejects.toThrow(message);
    const good = await fileServer(serving({ file }));
    await downloadFile(download(path, address, { urls: [`${address}file`, `${good.address}file`] }));
    expect(
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    ).toBe(digest);
  });

  it("redirects is followed, but not from https to http", () => {
    const from = new URL("https://one.example/folder/file");
    expect(redirected(from, "other").href).toBe("https://one.example/folder/other");
    expect(redirected(from, "https://two.example/file").href).toBe("https://two.example/file");
    expect(redirected(new URL("http://one.example"), "https://two.example/file").protocol).toBe("https:");
    expect(() => redirected(from, "http://one.example/file")).toThrow(
      "it redirects to http://one.example, which is not safe to follow",
    );
  });
});

describe("what lies in the place of a download", () => {
  it("a link is replaced, and what it leads to stays", async () => {
    const folder = await temporaryDirectory();
    const { address } = await fileServer(serving({ file }));
    await writeFile(join(folder, "precious"), "mine");
    await symlink(join(folder, "precious"), join(folder, "file.part"));
    await downloadFile(download(join(folder, "file"), address));
    expect(await readFile(join(folder, "precious"), "utf8")).toBe("mine");
    expect((await readdir(folder)).toSorted()).toEqual(["file", "precious"]);
  });

  it("a part of 3 GB is not read, and goes", async () => {
    const folder = await temporaryDirectory();
    const { address } = await fileServer(serving({ file }));
    for (const name of ["file.part", "file"]) {
      await writeFile(join(folder, name), "x");
      await truncate(join(folder, name), 3 * 10 ** 9);
    }
    await downloadFile(download(join(folder, "file"), address));
    expect(await readFile(join(folder, "file"))).toHaveLength(file.length);
  });
});

describe("readWhole", () => {
  it("reads files, and nothing that is none", async ({ skip }) => {
    skip(process.platform === "win32", "Windows has no pipes and devices with paths.");
    const folder = await temporaryDirectory();
    await writeFile(join(folder, "some"), "text");
    expect(Buffer.from(await readWhole(join(folder, "some"))).toString()).toBe("text");
    await expect(readWhole(join(folder, "some"), 3)).rejects.toThrow("it has 4 bytes, more than the 3 that are read");
    await mkdir(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await expect(readWhole(join(folder, "folder"))).rejects.toThrow("it is a folder");
    for (const path of ["/dev/zero", join(folder, "pipe")]) {
      await expect(readWhole(path)).rejects.toThrow("it is no file but a device or a pipe");
    }
  });
});
