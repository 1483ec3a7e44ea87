/** What a model can be written as, apart from what that is, so that `--help` loads nothing. */
export const exportFormats = ["c", "pytorch", "typescript", "onnx", "tfjs"] as const;

export type ExportFormat = (typeof exportFormats)[number];
