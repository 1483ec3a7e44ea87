/** Encoded pictures, by their number. */
export interface StoredPictures {
  /** The bytes of a picture. Throws `DatasetError`. */
  read(index: number): Promise<Uint8Array>;
  /** What it is called, for people. */
  nameOf(index: number): string;
}
