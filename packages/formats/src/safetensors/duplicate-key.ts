/**
 * The first key that an object in this JSON text holds twice, or `undefined`. `JSON.parse` keeps the last of them
 * silently, so that two readers could see different tensors in one file. The text must be valid JSON.
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    if (token === "{") {
      open.push(new Set());
    } else if (token === "[") {
      open.push(undefined);
    } else if (token === "}" || token === "]") {
      open.pop();
    } else if (token !== "," && expectsKey) {
      // In quotes, as the pattern has it.
      const key = JSON.parse(token) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) {
        return key;
      }
      keys?.add(key);
    }
    expectsKey = (token === "{" || token === ",") && open.at(-1) !== undefined;
  }
  return undefined;
}
