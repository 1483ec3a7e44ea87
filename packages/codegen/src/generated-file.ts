/** A file of generated source, or of what it reads. */
export interface GeneratedFile {
  readonly name: string;
  /** Its bytes, to be written one after the other. */
  readonly chunks: readonly Uint8Array[];
}
