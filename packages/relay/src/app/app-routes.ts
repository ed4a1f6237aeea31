import { OrillaError } from '@orilla/contract';
import { openInside } from '../files/open-inside.ts';
import { sendFile } from '../files/send-file.ts';
import { decodePath } from '../http/decode-path.ts';
import type { Exchange, Route } from '../http/route-table.ts';
import { contentTypeOf } from './content-types.ts';
import { securityHeaders } from './security-headers.ts';

export interface AppOptions {
  /** The built web app, with an `index.html`. */
  readonly folder: string;
  /** Origins beside its own that the page may load from. */
  readonly connect: readonly string[];
}

/** Vite puts a hash of the content into the names of what it builds; a name with a hash never means another content. */
const hashedAsset = /^assets\/.+-[A-Za-z0-9_-]{8,}\.\w+$/;

/** The web app at `/`: its files and nothing else. It is one page, so an unknown path is an error and not the page again. */
export function appRoutes({ folder, connect }: AppOptions): readonly Route[] {
  const headers = new Map(Object.entries(securityHeaders({ connect })));
  const handle = (exchange: Exchange) => serve(exchange, folder, headers);
  return [{ method: 'GET', path: '/*', access: 'open', handle }];
}

async function serve({ request, response, rest }: Exchange, folder: string, headers: ReadonlyMap<string, string>) {
  const path = rest === '' ? 'index.html' : decodePath(rest);
  const file = path === undefined ? undefined : await openInside(folder, path);
  if (path === undefined || !file)
    throw new OrillaError('protocol.unknown-route', 'There is nothing at this address.', {
      advice: 'The app is at /, the models are under /v1.',
    });
  for (const [name, value] of headers) response.setHeader(name, value);
  await sendFile(request, response, file, {
    etag: `W/"${file.bytes.toString(16)}-${Math.floor(file.modifiedMs).toString(16)}"`,
    contentType: contentTypeOf(path),
    cacheControl: hashedAsset.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
}
