import { Readable } from 'node:stream';
import type { S3Config } from '../config/relay-config.ts';
import { BodyCollector } from '../http/body-collector.ts';
import { maxManifestBytes } from './manifest-document.ts';

/** An object as it was read. */
export interface ReadObject {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
}

/** As much of a bucket as a mirror needs. */
export interface S3Bucket {
  /** `null` where the object is still the one of `etag`; `undefined` where there is none, or one that is no manifest by its size. */
  read(key: string, options: { readonly etag: string | undefined }): Promise<ReadObject | null | undefined>;
  /** Sizes in bytes by key; `undefined` where they can't be listed, or are too many to be. */
  sizes(prefix: string): Promise<ReadonlyMap<string, number> | undefined>;
  /** An address that is good for a while, for one method. `Range` is not part of what is signed, so it may be sent along. */
  presign(method: 'GET' | 'HEAD', key: string): Promise<string>;
  close(): void;
}

const connectTimeoutMs = 5_000;
const answerTimeoutMs = 10_000;
const wholeTimeoutMs = 30_000;
/** Of a thousand objects each. A package with more files is not looked over. */
const maxPages = 10;

/** Opens a bucket. The AWS SDK is loaded here and only here: a relay without S3 doesn't carry it. */
export async function openS3Bucket(config: S3Config): Promise<S3Bucket> {
  const { bucket: Bucket, region, credentials, pathStyle, urlSeconds } = config;
  const [{ GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client }, { getSignedUrl }] = await Promise.all(
    [import('@aws-sdk/client-s3'), import('@aws-sdk/s3-request-presigner')],
  );
  const clientOf = (endpoint: URL | undefined) =>
    new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint && { endpoint: endpoint.origin }),
      ...(credentials !== 'aws' && { credentials: keysOf(credentials) }),
      maxAttempts: 2,
      requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: answerTimeoutMs },
      // Otherwise an address would ask for checksums that nobody looks at.
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  const client = clientOf(config.endpoint);
  const signer = config.publicEndpoint ? clientOf(config.publicEndpoint) : client;
  const bounded = () => ({ abortSignal: AbortSignal.timeout(wholeTimeoutMs) });

  return {
    async read(Key, { etag }) {
      try {
        const command = new GetObjectCommand({ Bucket, Key, ...(etag !== undefined && { IfNoneMatch: etag }) });
        const { Body, ETag } = await client.send(command, bounded());
        if (!(Body instanceof Readable)) throw new Error('The SDK gave a body that Node does not have.');
        const bytes = await collect(Body);
        return bytes && { bytes, etag: ETag };
      } catch (error) {
        if (statusOf(error) === 304) return null;
        if (nameOf(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async sizes(Prefix) {
      const sizes = new Map<string, number>();
      let ContinuationToken: string | undefined;
      for (let page = 0; page < maxPages; page++) {
        const command = new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) });
        const { Contents = [], NextContinuationToken } = await client.send(command, bounded());
        for (const { Key, Size } of Contents) if (Key !== undefined && Size !== undefined) sizes.set(Key, Size);
        if (NextContinuationToken === undefined) return sizes;
        ContinuationToken = NextContinuationToken;
      }
      return undefined;
    },
    presign(method, Key) {
      const input = { Bucket, Key };
      const command = method === 'GET' ? new GetObjectCommand(input) : new HeadObjectCommand(input);
      return getSignedUrl(signer, command, { expiresIn: urlSeconds });
    },
    close() {
      client.destroy();
      signer.destroy();
    },
  };
}

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: Exclude<S3Config['credentials'], 'aws'>) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** `undefined` where there is more than a manifest may have; the rest is not fetched then. */
async function collect(body: Readable): Promise<Buffer | undefined> {
  const collector = new BodyCollector(maxManifestBytes);
  for await (const part of body) if (!collector.push(part)) return undefined;
  return collector.bytes();
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  const status = typeof metadata === 'object' && metadata && 'httpStatusCode' in metadata && metadata.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');
