import { join } from "node:path";
import { makeFolder, writeWhole } from "@alexnet/files";
import { reportHtml } from "./html.js";
import { reportMarkdown } from "./markdown.js";
import { type ConformanceReport, reportJson } from "./report.js";

/**
 * Writes `report.json`, `report.md` and `report.html` into a folder, which is made where it is not there; each is whole or not
 * written. Throws the system's error.
 */
export async function writeReport(report: ConformanceReport, folder: string): Promise<void> {
  await makeFolder(folder);
  await writeWhole(join(folder, "report.json"), reportJson(report));
  await writeWhole(join(folder, "report.md"), reportMarkdown(report));
  await writeWhole(join(folder, "report.html"), reportHtml(report));
}
