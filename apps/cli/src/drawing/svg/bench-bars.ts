import { type BenchResult, describeWorkload, isScore, type Score } from "@alexnet/bench";
import { rate } from "../../text/format.js";
import { MARGIN, svgDocument } from "./document.js";
import { at, escapeText } from "./escape.js";

const WIDTH = 720;
const NAMES = 130;
const LABELS = 170;
const BAR = 18;
const ROW = 24;
const HEADING = 44;
const TITLE = 28;

/** Bars of images a second, a group a workload, each group on a scale of its own; the baseline's bars are gray. */
export function benchSvg(workloads: readonly (readonly BenchResult[])[], baseline: string): string {
  const parts: string[] = [];
  let y = HEADING;
  for (const results of workloads) {
    const scores = results.filter(isScore);
    const [first] = scores;
    if (!first) continue;
    const title = describeWorkload(first.workload);
    parts.push(`<text class="title" x="${MARGIN}" y="${y + 18}">${escapeText(title)}</text>`);
    y += TITLE;
    const fastest = Math.max(...scores.map(({ imagesPerSecond }) => imagesPerSecond));
    const base = scores.find(({ contender }) => contender === baseline);
    for (const score of scores) {
      parts.push(...bar(score, y, { fastest, base }));
      y += ROW;
    }
    y += 10;
  }
  const indented = parts.map((part) => `  ${part}`);
  return svgDocument("Images a second", { width: WIDTH, height: y + MARGIN }, indented);
}

function bar(
  { contender, imagesPerSecond }: Score,
  y: number,
  { fastest, base }: { readonly fastest: number; readonly base: Score | undefined },
): readonly string[] {
  const left = MARGIN + NAMES;
  const width = ((WIDTH - left - LABELS) * imagesPerSecond) / fastest;
  const middle = y + BAR / 2 + 4;
  const ratio =
    base === undefined || base.contender === contender
      ? ""
      : ` · ${(imagesPerSecond / base.imagesPerSecond).toFixed(2)} × ${base.contender}`;
  const fill = base?.contender === contender ? "fillBaseline" : "fill0";
  return [
    `<text x="${left - 8}" y="${at(middle)}" text-anchor="end">${escapeText(contender)}</text>`,
    `<rect class="${fill}" x="${left}" y="${y}" width="${at(width)}" height="${BAR}" rx="2"/>`,
    `<text x="${at(left + width + 8)}" y="${at(middle)}">${escapeText(`${rate(imagesPerSecond)}${ratio}`)}</text>`,
  ];
}
