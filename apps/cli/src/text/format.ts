/** `61,100,840`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `714.2 M`, `1.1 G`: for figures whose size matters more than their digits. */
export function magnitude(value: number): string {
  for (const [unit, size] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(1)} ${unit}`;
  }
  return String(value);
}

/** `81.3 %` of a share of 0.813. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A loss: four digits behind the point, fewer when it is large. */
export function loss(value: number): string {
  return value >= 1000 ? value.toPrecision(5) : value.toFixed(4);
}

/** Images a second: `1,234`, and below ten `3.4`. */
export function rate(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value < 10 ? value.toFixed(1) : count(Math.round(value));
}

/** `0:07`, `12:40`, `3:02:11`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}

/** `1×28×28`, the shape of an image. */
export function extents(shape: readonly number[]): string {
  return shape.join("×");
}

/** `1 image`, `200 images`, `10 classes`. */
export function plural(value: number, noun: string): string {
  const ending = value === 1 ? "" : noun.endsWith("s") ? "es" : "s";
  return `${count(value)} ${noun}${ending}`;
}

/** A number without digits nobody asked for: `0.01`, `1e-7`, `0.30000000000000004` as `0.3`. */
export function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
