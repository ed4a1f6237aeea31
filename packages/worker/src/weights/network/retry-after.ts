/** A server that asks for more is asked again all the same: its next answer costs it little, and somebody waits. */
const longestMs = 60_000;

/** How long a server asks to be left alone (RFC 9110, `Retry-After`: seconds, or a date), in milliseconds; 0 where it doesn't. */
export function retryAfterMs({ headers }: Response, { epochMs }: { readonly epochMs: () => number }): number {
  const value = headers.get('Retry-After')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, longestMs);
  const untilMs = Date.parse(value);
  if (Number.isNaN(untilMs)) return 0;
  // By the server's own clock where it tells it: the one here may be wrong.
  const serverMs = Date.parse(headers.get('Date') ?? '');
  const waitMs = untilMs - (Number.isNaN(serverMs) ? epochMs() : serverMs);
  return Math.min(Math.max(waitMs, 0), longestMs);
}
