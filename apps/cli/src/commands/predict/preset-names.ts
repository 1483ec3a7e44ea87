/** Names of the ways to prepare pictures, apart from what they mean, so that `--help` loads nothing. */
export const presetNames = ["plain", "torchvision", "caffe"] as const;

export type Preset = (typeof presetNames)[number];
