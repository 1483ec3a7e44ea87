import { printable } from "./printable.js";
import { padEnd, padStart, width } from "./width.js";

export interface TableColumn {
  readonly title: string;
  /** Words to the left unless told otherwise, numbers to the right. */
  readonly align?: "left" | "right";
}

/** Rows under their titles, two spaces between the columns and a rule under the titles; no space at the line ends. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => title);
  const lines = [titles, ...rows].map((row) => row.map(inOneLine));
  const widths = columns.map((_, column) => Math.max(...lines.map((row) => width(row[column] ?? ""))));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, column) => {
        const pad = align === "right" ? padStart : padEnd;
        return pad(row[column] ?? "", widths[column]!);
      })
      .join("  ")
      .trimEnd();
  const rule = "─".repeat(widths.reduce((sum, columnWidth) => sum + columnWidth, 2 * (columns.length - 1)));
  return [line(lines[0]!), rule, ...lines.slice(1).map(line)].join("\n");
}

/** A name from elsewhere may hold a line break. */
const inOneLine = (text: string): string => printable(text.replaceAll("\n", "\\n"));

/** Names and what they stand for, one a line, indented by two; what does not fit wraps under itself. */
export function facts(entries: readonly (readonly [name: string, value: string])[], columns = 80): string {
  const names = Math.max(...entries.map(([name]) => width(name)));
  return entries
    .flatMap(([name, value]) =>
      wrap(value, columns - names - 4).map((line, index) => `  ${padEnd(index === 0 ? name : "", names)}  ${line}`),
    )
    .join("\n");
}

/** The text in lines of at most so many columns; a longer word gets a line to itself. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
