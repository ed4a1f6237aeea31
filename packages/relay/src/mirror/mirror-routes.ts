import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { OrillaError } from '@orilla/contract';
import { openInside } from '../files/open-inside.ts';
import { matchesTag, sendFile } from '../files/send-file.ts';
import { decodePath } from '../http/decode-path.ts';
import type { Exchange, Route } from '../http/route-table.ts';
import { createFindPackage, type FindPackage, type MirrorPackage } from './find-package.ts';

export interface MirrorOptions {
  /** One folder a package: `<id>/manifest.json` and `<id>/files/<path>`. */
  readonly folder: string;
}

/** A file under its hash never changes. */
const forever = 'public, max-age=31536000, immutable';

/**
 * Model packages for devices: `manifest.json`, and exactly the files that a manifest names. Open: weights are public here,
 * and what fetches them has no key.
 */
export function mirrorRoutes({ folder }: MirrorOptions): readonly Route[] {
  const findPackage = createFindPackage(folder);
  const handle = (exchange: Exchange) => serve(exchange, findPackage);
  return [{ method: 'GET', path: '/orilla/v1/models/*', access: 'open', handle }];
}

async function serve({ request, response, rest }: Exchange, findPackage: FindPackage): Promise<void> {
  const [id = '', kind, ...segments] = rest.split('/');
  const found = await findPackage(id);
  if (!found) throw notHere();
  if (kind === 'manifest.json' && segments.length === 0) {
    serveManifest(request, response, found);
    return;
  }
  // The manifest's own spelling is the only one: a path is looked up, never walked.
  const path = kind === 'files' ? decodePath(segments.join('/')) : undefined;
  const file = found.manifest.files.find((candidate) => candidate.path === path);
  const opened = file && (await openInside(join(found.folder, 'files'), file.path));
  if (!opened) throw notHere();
  if (opened.bytes !== file.bytes) {
    await opened.handle.close();
    throw new OrillaError('relay.failed', 'A file of this model package is not the one that its manifest describes.', {
      advice: 'Tell whoever runs this relay to make the package again.',
    });
  }
  shareWithListedOrigins(response);
  await sendFile(request, response, opened, {
    etag: `"${file.sha256}"`,
    contentType: 'application/octet-stream',
    cacheControl: forever,
  });
}

function serveManifest(request: IncomingMessage, response: ServerResponse, { bytes }: MirrorPackage): void {
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  shareWithListedOrigins(response);
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'no-cache');
  if (matchesTag(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** The router has let listed origins read; what they may read they may also embed, and they need to see which range they got. */
function shareWithListedOrigins(response: ServerResponse): void {
  const isListed = response.hasHeader('Access-Control-Allow-Origin');
  response.setHeader('Cross-Origin-Resource-Policy', isListed ? 'cross-origin' : 'same-origin');
  if (!isListed) return;
  const exposed = response.getHeader('Access-Control-Expose-Headers');
  const own = ['ETag', 'Accept-Ranges', 'Content-Range', 'Content-Length'];
  response.setHeader('Access-Control-Expose-Headers', [...(exposed ? [String(exposed)] : []), ...own].join(', '));
}

function notHere(): OrillaError {
  return new OrillaError('protocol.unknown-route', 'This mirror has no such model package or file.', {
    advice: "Check the package id in the catalog, and the folder of `mirror` in the relay's configuration.",
  });
}
