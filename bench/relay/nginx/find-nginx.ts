import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface FindNginxOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told in a sentence what is being installed, when anything is. */
  readonly log?: (message: string) => void;
  /** Where it may be; the first is looked up on the PATH. */
  readonly places?: readonly string[];
  /** Whether Debian's package may be installed: only root can. */
  readonly mayInstall?: boolean;
}

/** Where nginx is, or why there is none. */
export type FoundNginx = { readonly path: string } | { readonly notRun: string };

/** The nginx of this machine, or Debian's package where root may install it; else why there is none. */
export async function findNginx(options: FindNginxOptions = {}): Promise<FoundNginx> {
  const { signal, log, places = ['nginx', '/usr/sbin/nginx', '/usr/local/sbin/nginx'] } = options;
  const { mayInstall = process.platform === 'linux' && process.getuid?.() === 0 } = options;
  const installed = await firstThatStarts(places);
  if (installed !== undefined) return { path: installed };
  const notRun = 'nginx is not installed (on Debian: apt-get install nginx)';
  if (!mayInstall) return { notRun };
  log?.("No nginx found; installing Debian's package, to compare with.");
  try {
    await aptInstall(signal);
  } catch (error) {
    signal?.throwIfAborted();
    const [firstLine = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { notRun: `${notRun}, and installing it failed: ${firstLine}` };
  }
  const path = await firstThatStarts(places);
  return path === undefined ? { notRun: `${notRun}: it was installed but does not start` } : { path };
}

async function firstThatStarts(places: readonly string[]): Promise<string | undefined> {
  for (const path of places) {
    const started = await run(path, ['-v'], { timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (started) return path;
  }
  return undefined;
}

async function aptInstall(signal: AbortSignal | undefined): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, timeout: 300_000, maxBuffer: 64 * 2 ** 20, ...(signal && { signal }) };
  await run('apt-get', ['-qq', 'update'], options);
  await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'nginx'], options);
}
