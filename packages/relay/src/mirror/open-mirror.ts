import { defaultMirrorLimits } from '../config/default-limits.ts';
import type { MirrorConfig } from '../config/relay-config.ts';
import type { RelayLog } from '../http/relay-log.ts';
import type { Route } from '../http/route-table.ts';
import { bucketOrigin } from './bucket-origin.ts';
import { createFolderSource } from './folder-source.ts';
import { createMirrorLimits } from './mirror-limits.ts';
import { mirrorRoutes } from './mirror-routes.ts';
import type { MirrorSource } from './mirror-source.ts';
import { openS3Bucket } from './s3-bucket.ts';
import { createS3Source } from './s3-source.ts';

export interface OpenMirrorOptions {
  readonly log: RelayLog;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** A mirror that can be served. */
export interface Mirror {
  readonly routes: readonly Route[];
  /** Origins beside the relay's own that clients are sent to. */
  readonly origins: readonly string[];
  close(): void;
}

/** Opens the mirror of a configuration, and loads what it needs beyond the relay itself. */
export async function openMirror(config: MirrorConfig, options: OpenMirrorOptions): Promise<Mirror> {
  const limits = await createMirrorLimits(config.limits ?? defaultMirrorLimits);
  const source = await openSource(config, options);
  const origins = 's3' in config ? [bucketOrigin(config.s3)] : [];
  return { routes: mirrorRoutes({ source, limits }), origins, close: () => source.close() };
}

async function openSource(config: MirrorConfig, options: OpenMirrorOptions): Promise<MirrorSource> {
  if ('folder' in config) return createFolderSource(config.folder);
  return createS3Source(config.s3, { ...options, bucket: await openS3Bucket(config.s3) });
}
