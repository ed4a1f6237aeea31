import { OrillaError } from '@orilla/contract';
import { decodePath } from '../http/decode-path.ts';
import type { Exchange, Route } from '../http/route-table.ts';
import { answerManifest } from './answer-manifest.ts';
import type { MirrorLimits } from './mirror-limits.ts';
import type { MirrorSource } from './mirror-source.ts';

export interface MirrorOptions {
  readonly source: MirrorSource;
  readonly limits: MirrorLimits;
}

/**
 * Model packages for devices: `manifest.json`, and exactly the files that a manifest names. Open: weights are public here,
 * and what fetches them has no key.
 */
export function mirrorRoutes(options: MirrorOptions): readonly Route[] {
  const handle = (exchange: Exchange) => serve(exchange, options);
  return [{ method: 'GET', path: '/orilla/v1/models/*', access: 'open', handle }];
}

async function serve(exchange: Exchange, { source, limits }: MirrorOptions): Promise<void> {
  const { request, response } = exchange;
  await limits.countRequest(request, response);
  const [id = '', kind, ...segments] = exchange.rest.split('/');
  const found = await source.find(id);
  if (!found) throw notHere();
  if (kind === 'manifest.json' && segments.length === 0) {
    await answerManifest(exchange, found.document);
    return;
  }
  // The manifest's own spelling is the only one: a path is looked up, never walked.
  const path = kind === 'files' ? readPath(segments) : undefined;
  const file = found.document.manifest.files.find((candidate) => candidate.path === path);
  if (!file) throw notHere();
  if (source.sendsFiles && request.method !== 'HEAD' && !limits.takeTransfer(request, response)) return;
  await found.answerFile(exchange, file);
}

/** A slash that hides in one part is none for a proxy or a log in front: such a path is another path. */
function readPath(segments: readonly string[]): string | undefined {
  const parts = segments.map(decodePath);
  return parts.every((part) => part !== undefined && !part.includes('/')) ? parts.join('/') : undefined;
}

function notHere(): OrillaError {
  return new OrillaError('protocol.unknown-route', 'This mirror has no such model package or file.', {
    advice: "Check the package id in the catalog, and the packages of `mirror` in the relay's configuration.",
  });
}
