/** An encoded picture. */
export interface StoredPicture {
  /** What it is called in errors. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Encoded pictures, by their number. */
export interface StoredPictures {
  /** Reads one. Throws `DatasetError`, which names it. */
  read(index: number): Promise<StoredPicture>;
  /** Closes what is open. Nothing is read afterwards. */
  close(): Promise<void>;
}
