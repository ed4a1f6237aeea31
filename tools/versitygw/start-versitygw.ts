import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../vllm/free-port.ts';
import { startProcessGroup } from '../vllm/process-group.ts';
import { untilReady } from '../vllm/until-ready.ts';
import { ensureVersitygw } from './ensure-versitygw.ts';

export interface StartVersitygwOptions {
  /** Where the server keeps buckets and objects; made where it is missing. */
  readonly folder: string;
  /** The program, where it has been ensured already. */
  readonly program?: string;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * A real S3 server on a free port of 127.0.0.1, with keys of its own; ended when this is disposed. Buckets are made through the
 * SDK, with `region` and with path-style addresses: a bucket's name is no host on this machine.
 *
 * A page fetches presigned URLs across origins, which a bucket has to permit by `PutBucketCors`; the server obeys it, and without
 * one sends no CORS headers. `AllowedOrigins` must be `['*']`: after a redirect from another origin than the page's a browser
 * sends `Origin: null`. `ExposeHeaders` needs `ETag, Content-Length, Content-Range, Accept-Ranges`.
 */
export interface Versitygw extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** @throws Error where the program cannot be had, with why, or does not start; the signal's reason when aborted */
export async function startVersitygw(options: StartVersitygwOptions): Promise<Versitygw> {
  const { folder, signal, log } = options;
  const program = options.program ?? (await programOf({ signal, log }));
  const accessKeyId = `test-${randomBytes(8).toString('hex')}`;
  const secretAccessKey = randomBytes(24).toString('hex');
  const [objects, sidecar] = [join(folder, 'objects'), join(folder, 'metadata')];
  await Promise.all([mkdir(objects, { recursive: true }), mkdir(sidecar, { recursive: true })]);
  const port = await freePort();
  const region = 'us-east-1';
  const group = await startProcessGroup(
    program,
    [
      ...['--port', `127.0.0.1:${port}`, '--region', region, '--health', '/health', '--keep-alive', '--quiet'],
      // Beside the objects and not in extended attributes, which not every file system has.
      ...['posix', '--sidecar', sidecar, objects],
    ],
    { env: { ...process.env, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey } },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  await untilReady(group, `${endpoint}/health`, { name: 'versitygw', timeoutMs: 60_000, ...(signal && { signal }) });
  return {
    endpoint,
    accessKeyId,
    secretAccessKey,
    region,
    async [Symbol.asyncDispose]() {
      await group.stop({ graceMs: 5_000 });
    },
  };
}

async function programOf(options: Pick<StartVersitygwOptions, 'signal' | 'log'>): Promise<string> {
  const ensured = await ensureVersitygw(options);
  if ('path' in ensured) return ensured.path;
  throw new Error(`There is no S3 server here: ${ensured.notRun}.`);
}
