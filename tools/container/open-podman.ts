import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface PodmanRun {
  /** 0 for success; what the container exited with, where a container ran. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A podman whose images and containers lie in a folder of its own: the machine's own are neither seen nor touched, and everything
 * is gone when this is disposed.
 */
export interface Podman extends AsyncDisposable {
  /** Runs `podman …` and gives what it printed. @throws Error with what it said, when it fails or takes too long. */
  run(args: readonly string[], options?: { timeoutMs?: number }): Promise<string>;
  /** The same for a command that is expected to fail. */
  tryRun(args: readonly string[], options?: { timeoutMs?: number }): Promise<PodmanRun>;
}

/** Settings for machines without systemd, or with the first kind of control groups, which crun cannot use. */
function containersConf(): string {
  const runtime = ['/usr/sbin/runc', '/usr/bin/runc'].some((path) => existsSync(path)) ? 'runtime="runc"\n' : '';
  return `[containers]
default_ulimits=["nofile=20000:20000","nproc=4096:4096"]
[engine]
${runtime}cgroup_manager="cgroupfs"
events_logger="file"
`;
}

export async function openPodman(): Promise<Podman> {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-podman-'));
  const conf = join(folder, 'containers.conf');
  await writeFile(conf, containersConf());
  const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  const env = { ...process.env, CONTAINERS_CONF: conf };

  async function tryRun(args: readonly string[], { timeoutMs = 60_000 } = {}): Promise<PodmanRun> {
    try {
      const { stdout, stderr } = await promisify(execFile)('podman', [...storage, ...args], {
        ...{ env, timeout: timeoutMs, maxBuffer: 32 * 2 ** 20 },
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      // What execFile rejects with; `code` is a word where the program could not be started, and null where it was ended.
      const { code, stdout, stderr, killed } = error as Error & PodmanRun & { code: unknown; killed: boolean };
      if (killed || typeof code !== 'number')
        throw new Error(`\`podman ${args.join(' ')}\` did not end by itself within ${timeoutMs} ms.`, { cause: error });
      return { code, stdout, stderr };
    }
  }

  async function run(args: readonly string[], options: { timeoutMs?: number } = {}): Promise<string> {
    const { code, stdout, stderr } = await tryRun(args, options);
    if (code === 0) return stdout.trim();
    throw new Error(`\`podman ${args.join(' ')}\` ended with ${code}.\n${stderr || stdout}`);
  }

  return {
    run,
    tryRun,
    async [Symbol.asyncDispose]() {
      await run(['rm', '--all', '--force', '--time', '0']);
      await run(['rmi', '--all', '--force']);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
