// The whole release, on a registry of its own on this machine: version, build, test, publish, install, run.
//
//   node scripts/rehearse-release.mjs
//
// It works on a clone of the last commit in a temporary folder; nothing here changes. The registry is Verdaccio
// (verdaccio.org): our packages are published to it, all others it fetches from the registry that npm is set to.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The last that runs on Node 20. A dependency asks for a tag, `node-fetch@cjs`, that mirrors of the registry may lack. */
const VERDACCIO = { private: true, dependencies: { verdaccio: "6.5.2" }, overrides: { "node-fetch": "^2.7.0" } };
const source = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "alexnet-release-"));
const clone = join(folder, "clone");
const npx = process.platform === "win32" ? "npx.cmd" : "npx";
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

step("a clone of the last commit");
run("git", ["clone", "--quiet", "--no-hardlinks", source, clone], { cwd: folder });
run("git", ["checkout", "--quiet", "-B", "release"], { cwd: clone });
for (const [name, value] of [
  ["user.name", "release rehearsal"],
  ["user.email", "release@localhost"],
]) {
  run("git", ["config", name, value], { cwd: clone });
}
run(npm, ["ci", "--no-audit", "--no-fund"], { cwd: clone });

step("versions and changelogs");
const before = versions();
writeFileSync(
  join(clone, ".changeset", "rehearsal.md"),
  '---\n"@alexnet/core": patch\n---\n\nA release is rehearsed.\n',
);
run(npm, ["run", "version-packages"], { cwd: clone });
run("git", ["commit", "--quiet", "--all", "--message", "Version packages"], { cwd: clone });
const after = versions();
const [version] = new Set(Object.values(after));
for (const [name, now] of Object.entries(after)) {
  if (now === before[name] || now !== version)
    throw new Error(`${name} went from ${before[name]} to ${now}, not to ${version}.`);
}
console.log(`${Object.keys(after).length} packages go to ${version}.`);

step("the lock, the build, the checks, the tests of the package that knows its version");
run(npm, ["ci", "--no-audit", "--no-fund"], { cwd: clone });
run("node", ["scripts/complete-lock.mjs", "--check"], { cwd: clone });
run(npm, ["run", "lint"], { cwd: clone });
run("node", ["scripts/package-metadata.mjs", "--check"], { cwd: clone });
run("node", ["scripts/check-changesets.mjs"], { cwd: clone });
run(npm, ["run", "build"], { cwd: clone });
run(npm, ["test", "-w", "@alexnet/backend-reference"], { cwd: clone });

step("a registry on this machine");
const server = await startRegistry();
try {
  step("publish");
  run(npm, ["run", "release"], { cwd: clone, env: server.env });
  for (const name of Object.keys(after)) {
    const published = JSON.parse(run(npm, ["view", name, "--json"], { cwd: folder, env: server.env, quiet: true }));
    if (published.version !== version) throw new Error(`${name} ${published.version} was published, not ${version}.`);
    tarballHolds(name, ["package.json", "README.md", "LICENSE", "CHANGELOG.md"]);
  }

  step("the command line in an empty folder");
  const user = emptyProject("user");
  run(npm, ["install", "alexnet"], { cwd: user, env: server.env });
  run(npx, ["alexnet", "--version"], { cwd: user, env: server.env });
  run(npx, ["alexnet", "train", "--epochs", "1", "--limit-train", "50", "--run-dir", "run"], {
    cwd: user,
    env: server.env,
  });
  run(npx, ["alexnet", "evaluate", "run"], { cwd: user, env: server.env });

  step("the README's example in an empty folder, as TypeScript and as JavaScript");
  const reader = emptyProject("reader");
  const readme = readFileSync(join(clone, "README.md"), "utf8");
  const [, install] = /^```sh\n(npm install .*)\n```$/m.exec(readme.slice(readme.indexOf("## As a library")));
  const [, example] = /^```js\n([\s\S]*?)^```$/m.exec(readme);
  run(npm, install.split(" ").slice(1), { cwd: reader, env: server.env });
  run(npm, ["install", "typescript"], { cwd: reader, env: server.env });
  const short = example.replace("epochs: 6,", "epochs: 1, maxSteps: 4,");
  for (const file of ["example.ts", "example.mjs"]) writeFileSync(join(reader, file), short);
  const strict = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--skipLibCheck", "false"];
  run(npx, ["tsc", ...strict, "example.ts"], { cwd: reader, env: server.env });
  run("node", ["example.mjs"], { cwd: reader, env: server.env });

  step("the types of every library where no engine is");
  const bare = emptyProject("bare");
  const libraries = Object.keys(after).filter((name) => name !== "alexnet");
  run(npm, ["install", "typescript", ...libraries], { cwd: bare, env: server.env });
  writeFileSync(
    join(bare, "all.ts"),
    libraries.map((name) => `export * as ${name.replace(/\W/g, "_")} from "${name}";\n`).join(""),
  );
  run(npx, ["tsc", ...strict, "--types", "", "all.ts"], { cwd: bare, env: server.env });

  step("the minimal backend, copied out of the repository");
  const minimal = join(folder, "minimal");
  cpSync(join(clone, "examples", "backend-minimal"), minimal, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  run(npm, ["install"], { cwd: minimal, env: server.env });
  for (const script of ["build", "typecheck", "test"]) run(npm, ["run", script], { cwd: minimal, env: server.env });
} finally {
  server.stop();
}
rmSync(folder, { recursive: true, force: true });
console.log(`\nReleased ${version} to a registry of its own, installed it, ran it.`);

function step(title) {
  console.log(`\n== ${title}`);
}

/** Runs a program; its output is shown unless `quiet`, which gives it back. Throws unless it ends well. */
function run(program, args, { cwd, env = process.env, quiet = false }) {
  if (!quiet) console.log(`$ ${[program, ...args].join(" ")}`);
  const shell = process.platform === "win32" && program.endsWith(".cmd");
  const { status, stdout, error } = spawnSync(program, args, {
    cwd,
    env,
    shell,
    encoding: "utf8",
    stdio: ["ignore", quiet ? "pipe" : "inherit", "inherit"],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status} in ${cwd}.`);
  return stdout;
}

/** Version of each package that is published, by name, as the clone has it. */
function versions() {
  const listed = JSON.parse(run(npm, ["query", ".workspace"], { cwd: clone, quiet: true }));
  return Object.fromEntries(listed.filter((found) => !found.private).map(({ name, version }) => [name, version]));
}

function emptyProject(name) {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "a-user", "private": true, "type": "module" }\n');
  return project;
}

function tarballHolds(name, files) {
  const [{ files: packed }] = JSON.parse(
    run(npm, ["pack", `${name}@${version}`, "--json", "--dry-run"], { cwd: folder, env: server.env, quiet: true }),
  );
  for (const file of files) {
    if (!packed.some(({ path }) => path === file)) throw new Error(`The tarball of ${name} lacks ${file}.`);
  }
}

/** Starts Verdaccio, waits until it answers, and gives the environment in which npm asks it. */
async function startRegistry() {
  const home = join(folder, "registry");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), JSON.stringify(VERDACCIO));
  run(npm, ["install", "--no-audit", "--no-fund"], { cwd: home });
  const uplink = run(npm, ["config", "get", "registry"], { cwd: folder, quiet: true }).trim();
  const everybody = { access: "$all", publish: "$all", unpublish: "$all" };
  const config = {
    storage: join(home, "storage"),
    uplinks: { upstream: { url: uplink, maxage: "10m" } },
    packages: { "@alexnet/*": everybody, alexnet: everybody, "**": { access: "$all", proxy: "upstream" } },
    log: { type: "stdout", level: "warn" },
    max_body_size: "100mb",
  };
  writeFileSync(join(home, "config.yaml"), JSON.stringify(config)); // JSON is YAML.
  const port = await freePort();
  const address = `localhost:${port}/`;
  const server = spawn(
    "node",
    [join(home, "node_modules/verdaccio/bin/verdaccio"), "-c", join(home, "config.yaml"), "-l", address.slice(0, -1)],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const userConfig = join(home, "npmrc");
  writeFileSync(userConfig, `registry=http://${address}\n//${address}:_authToken=anybody\naudit=false\nfund=false\n`);
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://${address}-/ping`).catch(() => undefined);
    if (answer?.ok) break;
    if (tries > 100 || server.exitCode !== null) throw new Error("The registry does not start.");
    await sleep(200);
  }
  // npm gives its own settings to what it starts, and they would win over the file's.
  const inherited = Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_"));
  return {
    env: { ...Object.fromEntries(inherited), npm_config_userconfig: userConfig, XDG_CACHE_HOME: join(folder, "cache") },
    stop: () => server.kill(),
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "localhost", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
