/** Colors and weights, as `colors` sets them and takes them back. */
const STYLE = String.raw`\u001b\[(?:0|1|2|22|3[1-7]|39)m`;

/**
 * What would do something to a terminal, or turn the order of what is read: control characters but for line breaks and tabs, and marks of
 * direction. Not the styles, which are our own: they are taken as they are.
 */
const UNPRINTABLE = new RegExp(
  `${STYLE}|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]`,
  "g",
);

/**
 * Text that may hold names from elsewhere, of files, classes, models or servers, so that it only says what it says: what is no
 * printable character is written as JSON would, so that JSON stays the same JSON.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
