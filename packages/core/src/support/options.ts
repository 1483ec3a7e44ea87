import { InvalidArgumentError } from "../errors.js";
import { suggestion } from "./suggest.js";

/**
 * Throws `InvalidArgumentError` unless `options` is an object whose every key is known: an option with a misspelt name
 * would be left out silently. `what` names the function or setting, `The layer "conv1"`. The type of `known` holds the
 * names to the options' own: none can be forgotten.
 */
export function checkOptions<Options extends object>(
  what: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  checkNames(what, options, Object.keys(known));
}

/** `checkOptions` where the names are a list, as in a table of kinds. */
export function checkNames(what: string, options: object, names: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new InvalidArgumentError(`${what} takes its options as an object; got ${describeValue(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    throw new InvalidArgumentError(
      `${what} has no option ${JSON.stringify(name)}.${suggestion(name, names)} It has ${names.join(", ") || "none"}.`,
    );
  }
}

/** Throws `InvalidArgumentError` unless the kind is one of those known. */
export function checkKind(what: string, kind: unknown, known: readonly string[]): void {
  if (typeof kind === "string" && known.includes(kind)) return;
  const hint = typeof kind === "string" ? suggestion(kind, known) : "";
  throw new InvalidArgumentError(`${what} is ${known.join(", ")}; got ${describeValue(kind)}.${hint}`);
}

/** The fields of a value that may be anything; none where it is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The keys of an object, where it has no others than its type says. */
export function keysOf<Key extends string>(object: Readonly<Partial<Record<Key, unknown>>>): readonly Key[] {
  return Object.keys(object) as Key[]; // The type of an object does not rule out further keys.
}

/** A value in a few words, for messages: numbers as they are, texts in quotes, everything else by its kind. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return kind === "Object" ? "an object" : `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}
