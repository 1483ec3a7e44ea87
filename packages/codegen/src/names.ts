/** A model's name as an identifier of C, in lower case: `alexnet_2012`. */
export function identifierOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(plain) ? plain : `model_${plain}`.replace(/_$/, "");
}

/** Text as a comment may hold it. */
export function commented(text: string): string {
  return text.replaceAll("*/", "* /").replace(/[\r\n]+/g, " ");
}

/** Text as a literal of C; what is not ASCII becomes bytes of UTF-8, none of which a digit can follow. */
export function literal(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text));
  const written = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") return `\\${character}`;
    return byte >= 32 && byte < 127 && character !== "?" ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${written.join("")}"`;
}

/** A number as a literal of float32 or of double. */
export function numeral(value: number, suffix: "f" | "" = ""): string {
  const text = String(value);
  return `${/[.e]/.test(text) ? text : `${text}.0`}${suffix}`;
}
