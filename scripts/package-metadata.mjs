// What every published package says of itself beyond its name and its code, from one place: where it lives (the root's
// package.json), its licence, the files its tarball holds, which core it works with.
//
//   node scripts/package-metadata.mjs           writes it into every package
//   node scripts/package-metadata.mjs --check   changes nothing; fails where a package says otherwise
//
// A README must work where the package is read: on the registry's page and in node_modules. So it may not link to a file
// that its tarball lacks.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const check = process.argv.includes("--check");
const { repository, homepage, bugs, license, workspaces } = readJson("package.json");
const { version: coreVersion } = readJson("packages/core/package.json");
const problems = [];

for (const directory of workspaces.flatMap(foldersOf)) {
  const file = `${directory}/package.json`;
  const found = readJson(file);
  if (found.private) continue;
  if (!found.description || !found.keywords?.length) problems.push(`${file} needs a description and keywords.`);
  write(file, `${JSON.stringify(withMetadata(found, directory), null, 2)}\n`);
  write(`${directory}/LICENSE`, read("LICENSE"));
  checkLinks(directory, found.files);
}
write("packages/backend-reference/src/version.ts", versionModule(readJson("packages/backend-reference/package.json")));

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

function foldersOf(workspace) {
  if (!workspace.endsWith("/*")) return [workspace];
  const parent = workspace.slice(0, -2);
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}

function withMetadata(found, directory) {
  const {
    name,
    version,
    description,
    keywords,
    license: _,
    repository: __,
    homepage: ___,
    bugs: ____,
    ...rest
  } = found;
  return {
    name,
    version,
    description,
    keywords,
    license,
    repository: { ...repository, directory },
    homepage: homepage.replace("#", `/tree/main/${directory}#`),
    bugs,
    ...rest,
    files: [...new Set([...found.files, "CHANGELOG.md"])],
    exports: { ...found.exports, "./package.json": "./package.json" },
    publishConfig: { access: "public" },
    ...(found.peerDependencies && { peerDependencies: withCore(found.peerDependencies) }),
  };
}

/**
 * One core serves all that share it, so it is their peer. Before 1.0 a new minor version of core may ask for new versions
 * of the others: they are versioned together (.changeset/config.json), and need at least the core they were built with.
 */
function withCore(peers) {
  return "@alexnet/core" in peers ? { ...peers, "@alexnet/core": `>=${coreVersion} <1.0.0` } : peers;
}

function versionModule({ version }) {
  return `/** Version of this package, as its package.json has it. */\nexport const VERSION = "${version}";\n`;
}

function checkLinks(directory, files) {
  const readme = `${directory}/README.md`;
  for (const [, target] of read(readme).matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)) {
    const packed = files.some((file) => target === file || target.startsWith(`${file}/`));
    if (!packed || !existsSync(join(root, directory, target))) {
      problems.push(`${readme} links to ${target}, which its tarball lacks: ${homepage.replace(/#.*/, "")}/…`);
    }
  }
}

function write(file, text) {
  if (existsSync(join(root, file)) && read(file) === text) return;
  if (check) problems.push(`${file} is not up to date: node scripts/package-metadata.mjs`);
  else writeFileSync(join(root, file), text);
}

function readJson(file) {
  return JSON.parse(read(file));
}

function read(file) {
  return readFileSync(join(root, file), "utf8");
}
