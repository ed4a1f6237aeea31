import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface EnsurePodmanOptions {
  signal?: AbortSignal | undefined;
  /** Told in a sentence what is being installed, when anything is. */
  log?: (message: string) => void;
  /** What `podman --version` prints; undefined where it does not start. */
  version?: () => Promise<string | undefined>;
  /** Debian's package manager, if the machine has it and we may use it. */
  install?: ((options: { signal?: AbortSignal | undefined }) => Promise<void>) | undefined;
}

/** A podman that starts, or why the container tests cannot run. */
export type EnsuredPodman = { readonly version: string } | { readonly notRun: string };

/** Finds podman, or installs Debian's where root may. Never throws for a machine that has none and can have none. */
export async function ensurePodman(options: EnsurePodmanOptions = {}): Promise<EnsuredPodman> {
  const { signal, log, version = podmanVersion } = options;
  const install = 'install' in options ? options.install : debianInstall();
  const found = await version();
  if (found !== undefined) return { version: found };
  if (!install)
    return { notRun: 'there is no podman here, and only root on Debian can install it. Install podman and try again' };
  log?.('No podman found; installing podman and runc by Debian’s package manager.');
  try {
    await install({ signal });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const [firstLine = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { notRun: `podman could not be installed (${firstLine}). Install it and try again` };
  }
  const brought = await version();
  return brought === undefined ? { notRun: 'podman was installed, but does not start' } : { version: brought };
}

async function podmanVersion(): Promise<string | undefined> {
  try {
    return (await run('podman', ['--version'], { timeout: 20_000 })).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function debianInstall(): EnsurePodmanOptions['install'] {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  return async ({ signal }) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env, timeout: 300_000, maxBuffer: 64 * 2 ** 20, ...(signal && { signal }) };
    await run('apt-get', ['-qq', 'update'], options);
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'podman', 'runc'], options);
  };
}
