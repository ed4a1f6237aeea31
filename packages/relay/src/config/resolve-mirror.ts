import { resolve } from 'node:path';
import type { MirrorInput } from './mirror-schema.ts';
import { secretOf } from './read-secret.ts';
import type { MirrorConfig, S3Config } from './relay-config.ts';
import type { RuleContext } from './rules/rule.ts';

/** The mirror of a checked configuration: one of `folder` and `s3` is there. */
export async function resolveMirror({ folder, s3, limits }: MirrorInput, context: RuleContext): Promise<MirrorConfig> {
  if (s3) return { s3: await resolveS3(s3, context), limits };
  return { folder: resolve(context.folder, folder ?? ''), limits };
}

async function resolveS3(s3: NonNullable<MirrorInput['s3']>, context: RuleContext): Promise<S3Config> {
  const { bucket, prefix, region, urlSeconds, credentials } = s3;
  return {
    bucket,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    region,
    endpoint: s3.endpoint === undefined ? undefined : new URL(s3.endpoint),
    publicEndpoint: s3.publicEndpoint === undefined ? undefined : new URL(s3.publicEndpoint),
    // Servers of one's own seldom have a host name for every bucket.
    pathStyle: s3.pathStyle ?? s3.endpoint !== undefined,
    credentials:
      credentials === 'aws'
        ? credentials
        : {
            accessKeyId: await secretOf(credentials.accessKeyIdFrom, context),
            secretAccessKey: await secretOf(credentials.secretAccessKeyFrom, context),
            sessionToken: credentials.sessionTokenFrom && (await secretOf(credentials.sessionTokenFrom, context)),
          },
    urlSeconds,
  };
}
