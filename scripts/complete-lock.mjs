// Adds to package-lock.json the optional packages that npm left out because the registry it asked does not have them.
//
// Tools written in C++, Go or Rust ship one optional package per platform. A registry mirror often holds only some of
// them; npm then writes a lock file without the others, and `npm ci` refuses it on every machine ("Missing: … from lock
// file"). An added entry has no integrity hash, for only the registry could tell it.
//
//   node scripts/complete-lock.mjs           adds the missing entries and lists them
//   node scripts/complete-lock.mjs --check   changes nothing; fails if an entry is missing or names a download address
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const check = process.argv.includes("--check");

// The words that platform packages use in their names, and what npm calls the same thing.
const OS = {
  aix: "aix",
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  linuxmusl: "linux",
  netbsd: "netbsd",
  openbsd: "openbsd",
  openharmony: "openharmony",
  sunos: "sunos",
  win32: "win32",
  windows: "win32",
};
const CPU = {
  64: "x64",
  arm: "arm",
  arm64: "arm64",
  ia32: "ia32",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
  x64: "x64",
};
const LIBC = { gnu: "glibc", linuxmusl: "musl", musl: "musl" };

const pick = (words, table) => words.map((word) => table[word]).find(Boolean);

/** The platform a package is for, read from its name; npm skips the package on every other one. */
function platformOf(name) {
  const words = name.split(/[/._-]/);
  const os = pick(words, OS);
  const cpu = pick(words, CPU);
  const libc = pick(words, LIBC);
  if (!os && !cpu) {
    throw new Error(`${name} is missing from package-lock.json and its name tells no platform: add it by hand.`);
  }
  return { cpu: cpu && [cpu], libc: libc && [libc], os: os && [os] };
}

/** Where Node looks for `name` from the package at `path`, nearest first. */
function places(path, name) {
  const found = [];
  let folder = path;
  while (folder !== "") {
    found.push(`${folder}/node_modules/${name}`);
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1));
  }
  return [...found, `node_modules/${name}`];
}

const missing = [];
for (const [path, owner] of Object.entries(lock.packages)) {
  for (const [name, wanted] of Object.entries(owner.optionalDependencies ?? {})) {
    const exact = /^\d/.test(wanted);
    const present = places(path, name).filter((place) => lock.packages[place]);
    // The nearest one is the one Node loads. A range is npm's to check; it did so when it wrote the entry.
    if (present[0] && (!exact || lock.packages[present[0]].version === wanted)) continue;
    const place = present[0] ? `${path}/node_modules/${name}` : `node_modules/${name}`;
    const { cpu, libc, os } = platformOf(name);
    const { dev, devOptional, peer } = owner;
    const version = wanted.replace(/^[\^~]/, "");
    // In npm's own order; JSON.stringify leaves out what is undefined.
    lock.packages[place] = { version, cpu, dev, devOptional, libc, optional: true, os, peer };
    missing.push(`${place} ${wanted}`);
  }
}
const addressed = Object.keys(lock.packages).filter((path) => /^https?:/.test(lock.packages[path].resolved ?? ""));

for (const entry of missing) console.log(`${check ? "missing" : "added"}: ${entry}`);
for (const entry of addressed) console.log(`names a download address: ${entry}`);
if (check) {
  process.exitCode = missing.length + addressed.length === 0 ? 0 : 1;
} else if (missing.length > 0) {
  // npm's own order, so that its next write changes nothing.
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}
