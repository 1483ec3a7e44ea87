// Turborepo, with its telemetry and its look for a newer version off: a build needs no network.
// A script, because npm runs package scripts in cmd.exe on Windows, which cannot set a variable for one command.
import { createRequire } from "node:module";

process.env.TURBO_TELEMETRY_DISABLED = "1";
process.env.TURBO_NO_UPDATE_NOTIFIER = "1";
createRequire(import.meta.url)("turbo/bin/turbo");
