import type { Evaluation } from "@alexnet/core";
import { count, percent } from "../text/format.js";
import { truncate } from "../text/width.js";
import { MARGIN, svgDocument } from "./svg/document.js";
import { at, escapeText } from "./svg/escape.js";

/** Of classes that are confused. */
export interface Confusion {
  readonly label: number;
  readonly answer: number;
  readonly number: number;
  /** Of all images of the class. */
  readonly share: number;
}

/** The pairs of classes that are confused most often, the first first. */
export function confusedPairs({ confusion }: Pick<Evaluation, "confusion">, most: number): readonly Confusion[] {
  return confusion
    .flatMap((answers, label) => {
      const total = answers.reduce((sum, number) => sum + number, 0);
      // Of a million pairs of a thousand classes most are never confused.
      return answers.flatMap((number, answer) =>
        label === answer || number === 0 ? [] : [{ label, answer, number, share: number / total }],
      );
    })
    .sort((a, b) => b.number - a.number)
    .slice(0, most);
}

/** With more classes cells are too small to be seen. */
const MOST_CLASSES = 200;
/** With more classes their names, and with more numbers, have no room. */
const MOST_NAMED = 50;
const MOST_NUMBERED = 20;
const PAIRS = 15;
const TOP = 44;
const NAMES = 120;
const BARS = 420;

/** Which classes were taken for which: a square for each pair, the darker the larger its share, and the most frequent mistakes. */
export function confusionSvg(heading: string, evaluation: Evaluation, classNames: readonly string[]): string {
  const matrix =
    classNames.length <= MOST_CLASSES ? matrixParts(evaluation, classNames) : { parts: [], width: 0, height: 0 };
  const left = MARGIN + matrix.width + (matrix.width > 0 ? 56 : 0);
  const pairs = pairParts(confusedPairs(evaluation, PAIRS), classNames, left);
  const height = TOP + Math.max(matrix.height, pairs.height) + MARGIN;
  return svgDocument(heading, { width: left + BARS + MARGIN, height }, [...matrix.parts, ...pairs.parts]);
}

function matrixParts({ confusion }: Evaluation, classNames: readonly string[]) {
  const classes = classNames.length;
  const isNamed = classes <= MOST_NAMED;
  const cell = classes <= MOST_NUMBERED ? 36 : classes <= MOST_NAMED ? 18 : Math.max(3, Math.floor(600 / classes));
  const [left, top] = [MARGIN + (isNamed ? NAMES : 0), TOP + (isNamed ? NAMES : 0)];
  const parts = confusion.flatMap((answers, label) => {
    const total = Math.max(
      1,
      answers.reduce((sum, number) => sum + number, 0),
    );
    return answers.flatMap((number, answer) => {
      const [x, y] = [left + answer * cell, top + label * cell];
      const share = number / total;
      const fill = label === answer ? "fill0" : "fill1";
      return [
        `  <rect class="grid" x="${x}" y="${y}" width="${cell}" height="${cell}" fill="none"/>`,
        ...(number > 0
          ? [
              `  <rect class="${fill}" x="${x}" y="${y}" width="${cell}" height="${cell}" opacity="${at(0.1 + 0.9 * share)}"/>`,
            ]
          : []),
        ...(number > 0 && classes <= MOST_NUMBERED
          ? [`  <text x="${x + cell / 2}" y="${y + cell / 2 + 4}" text-anchor="middle">${number}</text>`]
          : []),
      ];
    });
  });
  const names = isNamed
    ? classNames.flatMap((name, index) => {
        const short = escapeText(truncate(name, 18));
        const middle = index * cell + cell / 2;
        const [x, y] = [left + middle + 4, top - 6];
        return [
          `  <text x="${left - 6}" y="${at(top + middle + 4)}" text-anchor="end">${short}</text>`,
          `  <text x="${at(x)}" y="${y}" transform="rotate(-60 ${at(x)} ${y})">${short}</text>`,
        ];
      })
    : [];
  return {
    parts: [...parts, ...names],
    width: left - MARGIN + classes * cell,
    height: top - TOP + classes * cell,
  };
}

function pairParts(pairs: readonly Confusion[], classNames: readonly string[], left: number) {
  const most = Math.max(1, ...pairs.map(({ number }) => number));
  const rows = pairs.flatMap(({ label, answer, number, share }, index) => {
    const y = TOP + 26 + index * 34;
    const text = `${truncate(classNames[label]!, 28)} taken for ${truncate(classNames[answer]!, 28)}`;
    return [
      `  <text x="${left}" y="${y}">${escapeText(text)}</text>`,
      `  <rect class="fill1" x="${left}" y="${y + 4}" width="${at((300 * number) / most)}" height="10" rx="2"/>`,
      `  <text x="${at(left + (300 * number) / most + 6)}" y="${y + 13}">${count(number)} (${percent(share)})</text>`,
    ];
  });
  const title = pairs.length > 0 ? "Most frequent mistakes" : "No mistakes";
  return {
    parts: [`  <text class="title" x="${left}" y="${TOP + 4}">${title}</text>`, ...rows],
    height: 26 + pairs.length * 34,
  };
}
