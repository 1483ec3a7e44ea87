/** Where a download stands. */
export interface PartProgress {
  /** Bytes on the disk, those of earlier attempts included. */
  readonly bytes: number;
  /** Bytes of the whole file, where the server says. */
  readonly total: number | undefined;
}
