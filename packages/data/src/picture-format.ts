/** How formats of pictures begin. */
const STARTS: readonly (readonly [ending: string, at: number, start: readonly number[]])[] = [
  ["jpg", 0, [0xff, 0xd8]],
  ["png", 0, [0x89, 0x50, 0x4e, 0x47]],
  ["gif", 0, [0x47, 0x49, 0x46]],
  ["webp", 8, [0x57, 0x45, 0x42, 0x50]],
  ["avif", 4, [0x66, 0x74, 0x79, 0x70]],
  ["tif", 0, [0x49, 0x49, 0x2a, 0]],
  ["tif", 0, [0x4d, 0x4d, 0, 0x2a]],
];

/** The usual ending for a picture of this content, whatever its name says; `undefined` for one in another format. */
export function formatOf(bytes: Uint8Array): string | undefined {
  return STARTS.find(([, at, start]) => start.every((value, index) => bytes[at + index] === value))?.[0];
}
