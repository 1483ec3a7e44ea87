import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server on this machine, and what it was asked for. */
export interface FileServer {
  /** Address of its root folder. */
  readonly address: string;
  /** Path and byte range of every request, `/file bytes=5-`. */
  readonly requests: readonly string[];
  /** Loses every connection. */
  readonly drop: () => void;
}

/** Answers the request for a file; `index` counts all requests from 0. */
export type Answer = (response: ServerResponse, request: IncomingMessage, index: number) => void;

/** A server that answers like this until the test ends. */
export async function fileServer(answer: Answer): Promise<FileServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    answer(response, request, requests.push(range === undefined ? request.url! : `${request.url} ${range}`) - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(() => resolve()));
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    drop: () => server.closeAllConnections(),
  };
}

/** Sends the file that the request names, from the byte it names on. */
export function serving(files: Readonly<Record<string, Buffer>>): Answer {
  return (response, request) => {
    const bytes = files[request.url!.slice(request.url!.lastIndexOf("/") + 1)];
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (bytes === undefined) {
      response.writeHead(404).end();
    } else if (start === 0) {
      response.writeHead(200, { "content-length": bytes.byteLength }).end(bytes);
    } else if (start >= bytes.byteLength) {
      response.writeHead(416, { "content-range": `bytes */${bytes.byteLength}` }).end();
    } else {
      const range = `bytes ${start}-${bytes.byteLength - 1}/${bytes.byteLength}`;
      response.writeHead(206, { "content-length": bytes.byteLength - start, "content-range": range });
      response.end(bytes.subarray(start));
    }
  };
}

/** Announces the whole file, sends this much of it, and then nothing. */
export function sendingOnly(sent: number, bytes: Buffer): Answer {
  return (response, request) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const range = `bytes ${start}-${bytes.byteLength - 1}/${bytes.byteLength}`;
    const headers = { "content-length": bytes.byteLength - start, ...(start > 0 && { "content-range": range }) };
    response.writeHead(start > 0 ? 206 : 200, headers).write(bytes.subarray(start, start + sent));
  };
}
