import type { ImagesReport, Range } from "@alexnet/data";
import { count, percent, plural } from "../../text/format.js";
import { facts } from "../../text/table.js";

/** So many classes are named. */
const NAMED = 3;
/** So many pictures that cannot be read are. */
const BAD = 5;

/** What images are like, for people. */
export function reportText(reports: readonly { readonly split: string; readonly report: ImagesReport }[]): string {
  return reports.map(({ split, report }) => `${split}\n${facts(entriesOf(report))}`).join("\n\n");
}

function entriesOf(report: ImagesReport): readonly (readonly [string, string])[] {
  const { statistics, bad, formats, gray, lookedAt } = report;
  const kinds = Object.entries(formats).map(([name, found]) => `${name} ${count(found)}`);
  const looked = lookedAt < report.count ? `, ${count(lookedAt)} looked at` : "";
  const list = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(", ");
  const components = statistics?.components;
  return [
    ["images", `${count(report.count)}${looked}`],
    ["classes", classesOf(report)],
    ["formats", `${kinds.join(", ")}${gray > 0 ? `; ${count(gray)} gray` : ""}`],
    ["width", rangeOf(report.widths)],
    ["height", rangeOf(report.heights)],
    ...(statistics
      ? ([
          ["mean", `${list(statistics.mean)} of 255`],
          ["deviation", list(statistics.deviation)],
        ] as const)
      : []),
    ...(components
      ? ([["colors", `eigenvalues ${components.eigenvalues.map((value) => value.toPrecision(3)).join(", ")}`]] as const)
      : []),
    ...(bad.length > 0
      ? ([["bad", `${plural(bad.length, "picture")} (${percent(bad.length / lookedAt)})`]] as const)
      : []),
    ...bad.slice(0, BAD).map((reason) => ["", reason] as const),
    ...(bad.length > BAD ? ([["", `and ${count(bad.length - BAD)} more`]] as const) : []),
  ];
}

/** How many there are, of how many images, and which have the fewest and the most. */
function classesOf({ classes }: ImagesReport): string {
  const sorted = classes.toSorted((a, b) => a.count - b.count);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (!least || !most) return "0";
  const names = (some: typeof sorted): string => some.map(({ name, count: of }) => `${name} (${count(of)})`).join(", ");
  if (least.count === most.count) return `${count(classes.length)} of ${plural(least.count, "image")} each`;
  const few = sorted.slice(0, NAMED);
  const many = sorted.slice(few.length).toReversed().slice(0, NAMED);
  return `${count(classes.length)}; the fewest ${names(few)}${many.length > 0 ? `; the most ${names(many)}` : ""}`;
}

function rangeOf({ least, median, most }: Range): string {
  return least === most ? `${count(least)}` : `${count(least)} to ${count(most)}, median ${count(median)}`;
}
