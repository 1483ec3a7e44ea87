#!/usr/bin/env node
// The file npm links. It lies in the repository, not in dist, so that the link exists before the first build. It is written
// for any Node: an old one should say that it is old, and not which function it lacks.
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [major, minor] = engines.node.match(/\d+/g).map(Number);
const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(`error: alexnet needs Node ${major}.${minor} or newer; this is Node ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  await import("../dist/main.js");
}
