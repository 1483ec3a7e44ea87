import { open } from "node:fs/promises";
import { DatasetError } from "@alexnet/core";
import { fieldsOf, messageOf } from "@alexnet/core/support";
import { describeFailure } from "@alexnet/files";
import type { AsyncBuffer, FileMetaData, SchemaTree } from "hyparquet";

/** A Parquet file whose footer has been read. */
export interface ParquetFile {
  readonly path: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  /** The column of the pictures: bytes, or a group with `bytes`, as Hugging Face has them. */
  readonly picture: string;
  /** The column of the classes. */
  readonly label: string;
  /** Names of the classes, where the file says them. */
  readonly classNames: readonly string[] | undefined;
  close(): Promise<void>;
}

/** What columns of classes are called, the first first. */
const LABELS = ["label", "labels", "fine_label", "cls", "class", "target"];

/** Opens a Parquet file. Throws `DatasetError`, which names it, when it cannot be read or has no pictures or classes. */
export async function openParquet(path: string): Promise<ParquetFile> {
  const file = await open(path).catch((cause) => {
    throw new DatasetError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  });
  try {
    const { size } = await file.stat();
    const buffer: AsyncBuffer = {
      byteLength: size,
      async slice(start, end = size) {
        if (!(start >= 0 && start <= end && end <= size)) {
          throw new DatasetError(`${path} is truncated or damaged: bytes ${start} to ${end} of ${size} are asked for.`);
        }
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
        if (bytesRead < bytes.length) throw new DatasetError(`${path} is truncated at byte ${start + bytesRead}.`);
        return bytes.buffer;
      },
    };
    const { metadata, children } = await footerOf(buffer).catch((cause) => {
      throw new DatasetError(`${path} is damaged, or no Parquet file: ${messageOf(cause)}.`, { cause });
    });
    const picture = children.find(holdsPictures)?.element.name;
    const label = LABELS.find((name) =>
      children.some(({ element }) => element.name === name && isInteger(element.type)),
    );
    if (picture === undefined || label === undefined) {
      const names = children.map(({ element }) => element.name).join(", ");
      throw new DatasetError(
        `${path} has no column of ${picture === undefined ? "pictures (bytes, or a group with bytes)" : `classes (${LABELS.join(", ")})`}. ` +
          `Its columns are ${names}.`,
      );
    }
    return { path, buffer, metadata, picture, label, classNames: namesIn(metadata, label), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What a file says of itself, and its columns. Throws for what contradicts itself. */
async function footerOf(buffer: AsyncBuffer): Promise<{
  readonly metadata: FileMetaData;
  readonly children: readonly SchemaTree[];
}> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  const metadata = await parquetMetadataAsync(buffer);
  const schema = parquetSchema(metadata);
  checkGroups(metadata, leavesOf(schema), buffer.byteLength);
  return { metadata, children: schema.children };
}

/**
 * Throws where a group of rows has other columns than the schema, or has them outside the file: the library starts to read all that a group lists,
 * and what fails of a column that nobody waits for would be nobody's to catch.
 */
function checkGroups({ row_groups: groups }: FileMetaData, columns: readonly string[], size: number): void {
  for (const [index, { columns: chunks }] of groups.entries()) {
    const found = chunks.map(({ meta_data: chunk }) => chunk?.path_in_schema.join("."));
    if (found.length !== columns.length || found.some((name, column) => name !== columns[column])) {
      throw new DatasetError(
        `its group ${index} has the columns ${found.join(", ")}, its schema ${columns.join(", ")}`,
      );
    }
    for (const { meta_data: chunk } of chunks) {
      const start = Number(chunk?.dictionary_page_offset || chunk?.data_page_offset);
      const end = start + Number(chunk?.total_compressed_size);
      if (!(start >= 0 && start <= end && end <= size)) {
        throw new DatasetError(
          `its group ${index} has ${chunk?.path_in_schema.join(".")} outside the file, at ${start} to ${end}`,
        );
      }
    }
  }
}

/** Paths of the columns that have values. */
function leavesOf({ path, children }: SchemaTree): readonly string[] {
  return children.length === 0 ? [path.join(".")] : children.flatMap(leavesOf);
}

function holdsPictures({ element, children }: SchemaTree): boolean {
  if (children.length > 0) return children.some((child) => child.element.name === "bytes" && isBytes(child));
  return isBytes({ element });
}

function isBytes({ element }: Pick<SchemaTree, "element">): boolean {
  return element.type === "BYTE_ARRAY" && element.converted_type !== "UTF8" && element.logical_type?.type !== "STRING";
}

function isInteger(type: unknown): boolean {
  return type === "INT32" || type === "INT64";
}

/** The names that Hugging Face's library writes beside the columns. */
function namesIn({ key_value_metadata: pairs = [] }: FileMetaData, label: string): readonly string[] | undefined {
  try {
    const described = JSON.parse(pairs.find(({ key }) => key === "huggingface")?.value ?? "null");
    const { names } = fieldsOf(fieldsOf(fieldsOf(fieldsOf(described).info).features)[label]);
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : undefined;
  } catch {
    return undefined;
  }
}

/** The values of a column of the rows from `start` on up to `end`. Throws `DatasetError`, which names the file, when it is damaged. */
export async function columnOf(
  { path, buffer, metadata }: ParquetFile,
  column: string,
  start: number,
  end: number,
): Promise<readonly unknown[]> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  try {
    const rows = await parquetReadObjects({
      ...{ file: buffer, metadata, columns: [column], rowStart: start, rowEnd: end, utf8: false, compressors },
    });
    return rows.map((row) => row[column]);
  } catch (cause) {
    throw new DatasetError(`${path} is damaged in rows ${start} to ${end - 1}: ${messageOf(cause)}.`, { cause });
  }
}
