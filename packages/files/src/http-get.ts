import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";

const maxRedirects = 5;

/** How to ask for a file. */
export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly stallTimeout: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The response to a GET, redirects followed. `node:http` and not `fetch`, because `fetch` decompresses a `.gz` that a
 * server labels `Content-Encoding: gzip`, after which neither MD5 nor byte ranges fit. Rejects when the connection
 * fails or stalls, or the signal aborts; a connection lost later ends the response with an error.
 */
export async function httpGetRaw(url: string, options: GetOptions): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await getOnce(address, options);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
      return response;
    }
    response.resume();
    address = new URL(headers.location, address);
  }
  throw new Error(`more than ${maxRedirects} redirects`);
}

function getOnce(url: URL, { headers, stallTimeout, signal }: GetOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === "https:" ? httpsGet : httpGet;
    let response: IncomingMessage | undefined;
    const request = get(url, { headers, timeout: stallTimeout, ...(signal && { signal }) }, (received) => {
      response = received;
      resolve(received);
    });
    request.on("timeout", () => (response ?? request).destroy(new Error(`no data for ${stallTimeout / 1000} s`)));
    request.on("error", reject);
  });
}
