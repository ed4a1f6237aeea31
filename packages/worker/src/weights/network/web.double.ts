import type { Network } from './network.ts';

/** What is at an address: bytes, or something that answers in its own way. */
export type Served = Uint8Array<ArrayBuffer> | ((request: WebRequest) => Response | Promise<Response>);

export interface WebRequest {
  readonly url: string;
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  /** How often this very range of this address was asked for, this time included. */
  readonly count: number;
}

export interface WebDouble extends Network {
  readonly requests: readonly WebRequest[];
  /** What was slept, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Changes what is served, or with `null` cuts the line. */
  serve(served: Readonly<Record<string, Served>> | null): void;
  /** Tells those who listen that there is a network again. */
  comeOnline(): void;
}

/**
 * A web of its own for tests outside a browser: real Responses with real streams, no sockets. Its clock goes forward only by
 * sleeping. The real servers that misbehave are in the browser tests.
 */
export function webDouble(served: Readonly<Record<string, Served>> | null, { stallMs = 1_000 } = {}): WebDouble {
  const requests: WebRequest[] = [];
  const sleeps: number[] = [];
  let current = served;
  let nowMs = 0;
  const online = new Set<() => void>();
  return {
    requests,
    sleeps,
    stallMs,
    serve(next) {
      current = next;
    },
    onOnline(listener) {
      online.add(listener);
      return () => online.delete(listener);
    },
    comeOnline() {
      for (const listener of [...online]) listener();
    },
    now: () => nowMs,
    epochMs: () => nowMs,
    random: () => 0.5,
    async sleep(ms, { signal }) {
      signal.throwIfAborted();
      sleeps.push(ms);
      nowMs += ms;
    },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get('Range') ?? '') ?? [];
      const range = start === undefined || end === undefined ? null : { start: Number(start), end: Number(end) };
      const ask = async (url: string): Promise<Response> => {
        const isSame = (other: WebRequest) => other.url === url && other.range?.start === range?.start;
        const { method, headers, signal } = request;
        const entry = { url, range, method, headers, signal, count: requests.filter(isSame).length + 1 };
        requests.push(entry);
        signal.throwIfAborted();
        if (!current) throw new TypeError('Failed to fetch');
        const found = current[url];
        if (found === undefined) return new Response('', { status: 404 });
        const response = typeof found === 'function' ? await found(entry) : bytesResponse(found, entry);
        const location = response.headers.get('Location');
        return location === null ? response : asRedirected(await ask(location), location);
      };
      return ask(request.url);
    },
  };
}

/** A Response that was made by hand has no address. */
function asRedirected(response: Response, url: string): Response {
  return Object.defineProperties(response, { redirected: { value: true }, url: { value: response.url || url } });
}

/** As a good server answers. */
export function bytesResponse(bytes: Uint8Array<ArrayBuffer>, { range }: Pick<WebRequest, 'range'>): Response {
  if (!range) return new Response(bytes, { headers: { 'Content-Length': String(bytes.length) } });
  const part = bytes.slice(range.start, range.end + 1);
  return new Response(part, {
    status: 206,
    headers: {
      'Content-Range': `bytes ${range.start}-${range.start + part.length - 1}/${bytes.length}`,
      'Content-Length': String(part.length),
    },
  });
}

/** A body that breaks off after some bytes; with `hangs` it says nothing more instead, until it is aborted. */
export function brokenBody(
  bytes: Uint8Array<ArrayBuffer>,
  {
    afterBytes,
    hangs,
    signal,
  }: { readonly afterBytes: number; readonly hangs?: boolean; readonly signal: AbortSignal },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isFirst = true;
  return new ReadableStream({
    start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
    pull(controller) {
      if (isFirst && afterBytes > 0) controller.enqueue(bytes.slice(0, afterBytes));
      else if (!hangs) controller.error(new TypeError('terminated'));
      else return new Promise<void>(() => undefined);
      isFirst = false;
    },
  });
}

export function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
