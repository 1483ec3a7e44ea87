/** Modules of PyTorch that stand around a model and put their name into those of its parameters. */
const WRAPPERS: ReadonlySet<string> = new Set(["module", "_orig_mod"]);

/**
 * The names that entries may have without what trainings wrap around a model, the likeliest first: as they are, without
 * `module.` (DataParallel) and `_orig_mod.` (torch.compile) wherever these stand, and without a first part that all share
 * (Lightning's `model.`).
 */
export function unwrappings<Value>(entries: Readonly<Record<string, Value>>): readonly ((name: string) => string)[] {
  const withoutWrappers = (name: string): string =>
    name
      .split(".")
      .filter((part) => !WRAPPERS.has(part))
      .join(".");
  const names = Object.keys(entries).map(withoutWrappers);
  const [first = ""] = names;
  const shared = first.slice(0, first.indexOf(".") + 1);
  const isShared = shared !== "" && names.every((name) => name.startsWith(shared));
  return [
    (name) => name,
    withoutWrappers,
    ...(isShared ? [(name: string) => withoutWrappers(name).slice(shared.length)] : []),
  ];
}
