import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OrillaError } from '@orilla/contract';
import type { LaunchedUpstream, UpstreamLauncher } from '@orilla/relay';
import type { ProcessMessage, StartMessage } from './process-messages.ts';

/** The process has nothing to finish when it is told to end: its answers' readers are gone. */
const stopGraceMs = 2_000;

/** What the process needs of the environment. Secrets of the relay are not among it. */
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot', 'USERPROFILE', 'LD_LIBRARY_PATH'];

/**
 * Runs the embedded upstream in a process of its own, so that neither a crash of the native code nor its computing
 * ever touches the relay. It ends when its parent does.
 */
export const embeddedLauncher: UpstreamLauncher = (config, options) => launch(config, options);

/** As `embeddedLauncher`, with another program than this process's to run it. */
export async function launch(
  { name, ...config }: Parameters<UpstreamLauncher>[0],
  { signal, log, execPath = process.execPath }: Parameters<UpstreamLauncher>[1] & { readonly execPath?: string },
): Promise<LaunchedUpstream> {
  signal.throwIfAborted();
  const socketPath = await privateSocketPath();
  const child = startProcess(execPath);
  const exited = ended(child).then(() => removeFolder(socketPath));
  const readers = [child.stdout, child.stderr].flatMap((input) =>
    input ? [createInterface({ input }).on('line', (line) => log('warn', `${name}: ${line.slice(0, 500)}`))] : [],
  );
  child.on('message', (message: ProcessMessage) => {
    if (message.type === 'log') log(message.level, `${name}: ${message.message}`);
  });
  const stop = async () => {
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
    await exited;
    clearTimeout(kill);
  };
  try {
    child.send({ type: 'start', config, socketPath } satisfies StartMessage);
    await ready(child, signal);
    // What it writes from now on, a crash's last words for instance, may quote requests.
    for (const reader of readers) reader.close();
    for (const stream of [child.stdout, child.stderr]) stream?.resume();
  } catch (error) {
    child.kill('SIGKILL'); // it may be deep in native code, and holds nothing that has to be saved
    await exited;
    throw error;
  }
  return { socketPath, exited, stop };
}

/** Runs as TypeScript in the workspace and as JavaScript when built. */
function startProcess(execPath: string): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  return fork(fileURLToPath(new URL(isSource ? './main.ts' : './main.js', import.meta.url)), {
    execPath,
    execArgv: isSource ? ['--conditions=@orilla/source'] : [],
    env: Object.fromEntries(
      passedOn.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])),
    ),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Resolves once it has ended, or could not be started at all. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.on('error', () => {
      if (child.pid === undefined) resolve(); // other errors do not end it
    });
  });
}

/** Resolves once it can answer. @throws OrillaError `engine.load-failed`; AbortError */
async function ready(child: ChildProcess, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (message: ProcessMessage) => {
      if (message.type === 'ready') settle(resolve);
      if (message.type === 'failed') settle(() => reject(loadFailed(message.message)));
    };
    const onExit = (code: number | null, killer: string | null) =>
      settle(() => reject(loadFailed(`its process ended (${killer ?? `exit code ${code}`})`)));
    const onError = (error: Error) => settle(() => reject(loadFailed(error.message)));
    const onAbort = () => settle(() => reject(signal.reason));
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function loadFailed(why: string): OrillaError {
  return new OrillaError(
    'engine.load-failed',
    `The embedded upstream could not be started: ${why.replace(/\.$/, '')}.`,
    {
      advice: 'Check that the model file is a whole GGUF file and that the machine has memory for it and its context.',
    },
  );
}

/** Only this user can reach it: the folder is new and has mode 0700. */
async function privateSocketPath(): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\orilla-${randomBytes(16).toString('hex')}`;
  return join(await mkdtemp(join(tmpdir(), 'orilla-')), 'embedded.sock');
}

async function removeFolder(socketPath: string): Promise<void> {
  if (process.platform !== 'win32') await rm(dirname(socketPath), { recursive: true, force: true });
}
