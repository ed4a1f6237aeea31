/** A fetch that lets us in at the hub, and nowhere else. */
export function withToken(
  fetch: typeof globalThis.fetch,
  hubUrl: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
): typeof globalThis.fetch {
  return (input, init = {}) => {
    const headers = new Headers(init.headers);
    const url = new URL(input instanceof Request ? input.url : input);
    if (token && url.origin === new URL(hubUrl).origin) headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers, ...(signal && { signal }) });
  };
}
