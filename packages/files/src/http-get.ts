import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";

const maxRedirects = 5;

/** How to ask for a file. */
export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds within which a server has to answer, and without a byte after which the connection counts as dead. */
  readonly stallTimeout: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The response to a GET, redirects followed, but not from https to http. `node:http` and not `fetch`, because `fetch` decompresses a `.gz`
 * that a server labels `Content-Encoding: gzip`, after which neither MD5 nor byte ranges fit. Rejects when the connection
 * fails or stalls, headers take too long, or the signal aborts; a connection lost later ends the response with an error.
 */
export async function httpGetRaw(url: string, options: GetOptions): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await getOnce(address, options);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
      return response;
    }
    // Whatever it would send with it is not wanted.
    response.destroy();
    address = redirected(address, headers.location);
  }
  throw new Error(`more than ${maxRedirects} redirects`);
}

/** Where a redirect leads. Throws for one that leaves the web, or what nobody else can read for what everybody can. */
export function redirected(from: URL, location: string): URL {
  const to = new URL(location, from);
  if (!/^https?:$/.test(to.protocol) || (from.protocol === "https:" && to.protocol === "http:")) {
    throw new Error(`it redirects to ${to.protocol}//${to.host}, which is not safe to follow`);
  }
  return to;
}

function getOnce(url: URL, { headers, stallTimeout, signal }: GetOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === "https:" ? httpsGet : httpGet;
    let response: IncomingMessage | undefined;
    const request = get(url, { headers, timeout: stallTimeout, ...(signal && { signal }) }, (received) => {
      clearTimeout(deadline);
      response = received;
      resolve(received);
    });
    const seconds = stallTimeout / 1000;
    // A byte now and then keeps a connection alive for ever.
    const deadline = setTimeout(() => request.destroy(new Error(`no answer within ${seconds} s`)), stallTimeout);
    request.on("timeout", () => (response ?? request).destroy(new Error(`no data for ${seconds} s`)));
    request.on("error", (error) => {
      clearTimeout(deadline);
      reject(error);
    });
  });
}
