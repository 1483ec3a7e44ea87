/** The families whose names weights can be written under, apart from what they are, so that `--help` loads nothing. */
export const families = ["alexnet", "torchvision", "d2l", "caffe", "bvlc_alexnet.npy", "keras"] as const;

export type Family = (typeof families)[number];
