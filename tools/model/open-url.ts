/** How to reach a URL. */
export interface OpenUrlOptions {
  signal?: AbortSignal;
  fetch?: typeof globalThis.fetch;
  /** How long each address in a chain of redirects may take to begin its answer. */
  answerTimeoutMs?: number;
}

const maxRedirects = 5;

/**
 * Asks for `url` and returns the answer once its headers are here, following redirects one by one: a silent host is
 * given up after `answerTimeoutMs`, while a body may then take as long as it needs.
 */
export async function openUrl(
  url: string,
  headers: Record<string, string>,
  { signal, fetch = globalThis.fetch, answerTimeoutMs = 3000 }: OpenUrlOptions = {},
): Promise<Response> {
  let address = url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const silence = new AbortController();
    const timer = setTimeout(
      () => silence.abort(new Error(`${new URL(address).host} did not answer within ${answerTimeoutMs} ms`)),
      answerTimeoutMs,
    );
    const signals = signal ? [signal, silence.signal] : [silence.signal];
    let response: Response;
    try {
      response = await fetch(address, { headers, redirect: 'manual', signal: AbortSignal.any(signals) });
    } finally {
      clearTimeout(timer);
    }
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    address = new URL(location, address).href;
  }
  throw new Error(`${new URL(url).host} redirects more than ${maxRedirects} times`);
}
