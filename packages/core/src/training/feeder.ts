/** Groups of steps with what they are fed, which is made ahead of time. */
export interface Feeder<Group, Fed> {
  /** The next group and its feeds, made by now or awaited; `undefined` after the last. */
  next(): Promise<{ readonly group: Group; readonly fed: Fed } | undefined>;
  /** Begins to make what the next group is fed, if nobody has. */
  prepare(): void;
}

/** Makes the feeds of each group, in order, with `make`. A failure ahead of time is met when the group is asked for. */
export function feeder<Group, Fed>(
  groups: Iterator<Group, unknown>,
  make: (group: Group) => Promise<Fed>,
): Feeder<Group, Fed> {
  let ahead: { readonly group: Group; readonly fed: Promise<Fed> } | undefined;
  const prepare = (): void => {
    if (ahead) return;
    const { done, value: group } = groups.next();
    if (done) return;
    const fed = make(group);
    fed.catch(() => {});
    ahead = { group, fed };
  };
  return {
    prepare,
    async next() {
      prepare();
      const current = ahead;
      ahead = undefined;
      return current && { group: current.group, fed: await current.fed };
    },
  };
}
