import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { decodePercent } from '../files/decode-percent.ts';
import type { StepOptions, StoredFile } from './mirror-reader.ts';
import type { PackageTarget, PutFileOptions } from './package-target.ts';
import { explainS3Error, isAbsent } from './s3-error.ts';

const leastPartBytes = 5 * 1024 * 1024;
/** S3 takes no more of them in an upload. */
const mostParts = 10_000;
/** Each holds one part in memory. */
const parallelParts = 2;

export interface S3Options {
  /** Where the server is, when it isn't AWS; buckets are then part of the path. */
  readonly endpoint?: URL | undefined;
}

/** A mirror in a bucket. Who may, and where, is found as the SDK always does: environment, profile, instance. */
export class S3Target implements PackageTarget {
  readonly name: string;
  readonly keepsParts = false;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix.replace(/^\/+/, '').replace(/\/*$/, '/').replace(/^\/$/, '');
    this.name = `s3://${bucket}/${this.#prefix}`;
  }

  /** @throws Error for an address without a bucket, or with a `%` that stands for nothing */
  static open({ hostname, pathname, href }: URL, { endpoint }: S3Options = {}): S3Target {
    if (!hostname) throw new Error(`${href} names no bucket. Give s3://bucket/prefix.`);
    // Servers other than AWS have no regions of their own, and the SDK wants one in every signature.
    const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
    const config: S3ClientConfig =
      endpoint === undefined ? {} : { endpoint: endpoint.href, forcePathStyle: true, region };
    return new S3Target(new S3Client(config), hostname, decodePercent(pathname, href));
  }

  async listFiles(id: string | null, { signal }: StepOptions = {}): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    const Prefix = `${this.#prefix}${id === null ? '' : `${id}/`}`;
    let token: string | undefined;
    do {
      const query = { Bucket: this.#bucket, Prefix, ...(token && { ContinuationToken: token }) };
      const page = await this.#run(() => this.#client.send(new ListObjectsV2Command(query), aborting(signal)), signal);
      for (const { Key = '', Size = 0 } of page.Contents ?? [])
        if (!Key.endsWith('/')) files.push({ path: Key.slice(this.#prefix.length), bytes: Size });
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token);
    return files;
  }

  async readFile(path: string, { signal }: StepOptions = {}): Promise<AsyncIterable<Uint8Array> | null> {
    const query = { Bucket: this.#bucket, Key: this.#key(path) };
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(query), aborting(signal));
      // In Node the SDK gives a stream of Node's; its types know of browsers as well.
      return Body instanceof Readable ? (Body as AsyncIterable<Uint8Array>) : Readable.from([]);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw signal?.aborted ? signal.reason : explainS3Error(error, this.name);
    }
  }

  async putFile(path: string, content: AsyncIterable<Uint8Array>, { bytes, signal }: PutFileOptions): Promise<void> {
    const upload = new Upload({
      client: this.#client,
      params: {
        Bucket: this.#bucket,
        Key: this.#key(path),
        Body: Readable.from(copies(content), { objectMode: false }),
        ContentType: contentType(path),
      },
      queueSize: parallelParts,
      partSize: Math.max(leastPartBytes, Math.ceil(bytes / mostParts)),
    });
    const abort = () => void upload.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await this.#run(() => upload.done(), signal);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async removeFile(path: string, { signal }: StepOptions = {}): Promise<void> {
    const query = { Bucket: this.#bucket, Key: this.#key(path) };
    await this.#run(() => this.#client.send(new DeleteObjectCommand(query), aborting(signal)), signal);
  }

  #key(path: string): string {
    return `${this.#prefix}${path}`;
  }

  async #run<T>(step: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      throw signal?.aborted ? signal.reason : explainS3Error(error, this.name);
    }
  }
}

/** An upload gathers pieces to parts, and the source may use its own again. */
async function* copies(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of content) yield Buffer.from(piece);
}

function aborting(signal: AbortSignal | undefined) {
  return signal ? { abortSignal: signal } : {};
}

function contentType(path: string): string {
  if (path.endsWith('.json')) return 'application/json';
  return path.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
}
