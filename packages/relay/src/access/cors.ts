import type { IncomingMessage, ServerResponse } from 'node:http';
import { headerNames, OrillaError } from '@orilla/contract';

/** Request headers that a page of a listed origin may send: whole names, and prefixes that clients fill in. */
const allowedHeaders = [
  'authorization',
  'content-type',
  'x-api-key',
  'last-event-id',
  'traceparent',
  'range',
  'if-range',
  'if-none-match',
];
const allowedPrefixes = ['orilla-', 'x-stainless-'];

/** Response headers that such a page may read. The specification has no wildcard by prefix. */
const exposedHeaders = [
  headerNames.requestId,
  headerNames.place,
  headerNames.upstreamZone,
  'Retry-After',
  'X-Request-Id',
].join(', ');

/** How long a browser may remember the answer to a preflight, in seconds. */
const preflightSeconds = '600';

/**
 * Lets in requests that no page sent (no `Origin`), that the relay's own page sent, and that a listed origin sent; adds the
 * CORS headers for the last to the answer's. Everything else gets nothing: a page must not reach a relay by being open in
 * the same browser.
 * @param headers of the answer, as names and values in turn
 * @throws OrillaError `relay.forbidden-origin`
 */
export function checkOrigin(
  request: IncomingMessage,
  headers: string[],
  options: { readonly origins: ReadonlySet<string>; readonly isPage: boolean },
): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (options.origins.size > 0) headers.push('Vary', 'Origin');
  if (origin === undefined) {
    // A cross-site script or image tag sends no Origin. Pages themselves are opened from anywhere.
    if (!options.isPage && (site === 'cross-site' || site === 'same-site')) throw forbiddenOrigin();
    return;
  }
  if (options.origins.has(origin)) {
    headers.push('Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', exposedHeaders);
    return;
  }
  // Host is pinned already. A browser leaves the default port out of both.
  if (origin !== `http://${host?.toLowerCase()}`) throw forbiddenOrigin();
}

/** Whether a browser asks, on behalf of a page, what that page may send. */
export function isPreflight(request: IncomingMessage): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

/** Answers a preflight of an origin that `checkOrigin` let in. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, methods: string): void {
  const asked = (request.headers['access-control-request-headers'] ?? '').toLowerCase().split(',');
  const allowed = asked.map((name) => name.trim()).filter(isAllowedHeader);
  response.setHeader('Access-Control-Allow-Methods', methods);
  if (allowed.length > 0) response.setHeader('Access-Control-Allow-Headers', allowed.join(', '));
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.setHeader('Access-Control-Max-Age', preflightSeconds);
  response.setHeader('Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
  response.writeHead(204).end();
}

function isAllowedHeader(name: string): boolean {
  if (allowedHeaders.includes(name)) return true;
  return /^[a-z0-9-]+$/.test(name) && allowedPrefixes.some((prefix) => name.startsWith(prefix));
}

function forbiddenOrigin(): OrillaError {
  return new OrillaError('relay.forbidden-origin', 'The relay does not answer pages of this origin.', {
    advice: "Add the origin to `access.cors.origins` in the relay's configuration if its pages may use it.",
  });
}
