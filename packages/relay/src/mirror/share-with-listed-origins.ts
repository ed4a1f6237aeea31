import type { ServerResponse } from 'node:http';

/** The router has let listed origins read; what they may read they may also embed, and they need to see which range they got. */
export function shareWithListedOrigins(response: ServerResponse): void {
  const isListed = response.hasHeader('Access-Control-Allow-Origin');
  response.setHeader('Cross-Origin-Resource-Policy', isListed ? 'cross-origin' : 'same-origin');
  if (!isListed) return;
  const exposed = response.getHeader('Access-Control-Expose-Headers');
  const own = ['ETag', 'Accept-Ranges', 'Content-Range', 'Content-Length'];
  response.setHeader('Access-Control-Expose-Headers', [...(exposed ? [String(exposed)] : []), ...own].join(', '));
}
