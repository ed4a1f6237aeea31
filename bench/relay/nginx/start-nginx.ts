import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Nginx extends AsyncDisposable {
  /** The master's; its one worker is its child. */
  readonly pid: number;
}

/**
 * Starts nginx with one worker and this server, out of a folder of its own, and waits until the worker runs.
 * @throws Error with nginx's own words where it does not start; AbortError
 */
export async function startNginx(
  path: string,
  server: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Nginx> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'orilla-bench-nginx-'));
  const config = join(folder, 'nginx.conf');
  await writeFile(config, configuration(server));
  const child = spawn(path, ['-p', folder, '-c', config, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const nginx = {
    pid: child.pid ?? Number.NaN,
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await workerStarted(child, signal);
    return nginx;
  } catch (error) {
    await nginx[Symbol.asyncDispose]();
    throw error;
  }
}

function configuration(server: string): string {
  // A master that is root gives its worker to another user, who can't enter the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `daemon off;
${user}
worker_processes 1;
pid nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${server}
}
`;
}

async function workerStarted(child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  const said: string[] = [];
  const failed = once(child, 'exit').then(() => {
    throw new Error(`nginx did not start: ${said.join(' ')}`);
  });
  if (!child.stderr) throw new Error('nginx has no stderr to tell on.');
  const lines = createInterface({ input: child.stderr });
  const started = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    if (/start worker process \d+/.test(line)) started.resolve();
    // What it says after its start is read and dropped, lest its pipe fill up.
    if (said.length < 10) said.push(line);
  });
  const deadline = AbortSignal.timeout(10_000);
  const inTime = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const given = Promise.withResolvers<never>();
  inTime.addEventListener('abort', () => given.reject(inTime.reason), { once: true });
  await Promise.race([started.promise, failed, given.promise]);
  // It ends when it is told to; nobody waits for that here.
  failed.catch(() => undefined);
  given.promise.catch(() => undefined);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // The master ends its worker with it.
  child.kill('SIGTERM');
  await ended;
}
