import { chooseEncoding } from '../files/choose-encoding.ts';
import { matchesTag } from '../files/send-file.ts';
import type { Exchange } from '../http/route-table.ts';
import type { ManifestDocument } from './manifest-document.ts';
import { shareWithListedOrigins } from './share-with-listed-origins.ts';

/** Answers GET or HEAD with a manifest, packed as the client likes it best, or tells that it has this one already. */
export async function answerManifest(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  document: ManifestDocument,
): Promise<void> {
  const encoding = chooseEncoding(request.headers['accept-encoding']);
  const { bytes, etag } = await document.in(encoding);
  shareWithListedOrigins(response);
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'no-cache');
  const vary = response.getHeader('Vary');
  response.setHeader('Vary', vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`);
  if (matchesTag(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
