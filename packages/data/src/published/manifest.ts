/** Which part of a dataset. */
export type Split = "train" | "test";

/** A file of a published dataset. */
export interface PublishedFile {
  /** Its name on the mirrors and on the disk. */
  readonly name: string;
  /** MD5 in hexadecimal, of what the manifest's `md5Of` says. */
  readonly md5: string;
  /** Size of the download in bytes, about, for people to read. */
  readonly bytes: number;
}

/** The two files of a split. */
export interface PublishedSplit {
  readonly images: PublishedFile;
  readonly labels: PublishedFile;
}

/** A dataset that is published as gzipped IDX files. */
export interface Manifest {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  /** What the MD5s are of: the gzip files themselves, or what is in them, where compressions differ between mirrors. */
  readonly md5Of: "file" | "content";
  readonly splits: Readonly<Record<Split, PublishedSplit>>;
  /** Addresses of the folders that hold the files, tried in this order. */
  readonly mirrors: readonly string[];
}
