import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A part of a bench in a process of its own, so that its work is accounted apart and its event loop is nobody else's. */
export interface BenchChild<Ready, Question, Answer> extends AsyncDisposable {
  readonly pid: number;
  /** What the child said when it was ready. */
  readonly ready: Ready;
  /** @throws Error with what the child raised; AbortError */
  ask(question: Question, options?: { readonly signal?: AbortSignal }): Promise<Answer>;
}

/** From the child: once `ready`, then one of the others to each question. */
export type ChildMessage =
  | { readonly type: 'ready'; readonly value: unknown }
  | { readonly type: 'answer'; readonly value: unknown }
  | { readonly type: 'failed'; readonly message: string };

export interface StartChildOptions {
  readonly args?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** How long it may take to be ready. */
  readonly startTimeoutMs?: number;
}

/**
 * Starts a script of this folder (`main.ts`, which calls `serveBench`) and waits until it is ready. It ends with `await using`'s scope, with
 * this process, or when `signal` aborts.
 * @throws Error where it ends or is silent instead; AbortError
 */
export async function startChild<Ready, Question = never, Answer = never>(
  script: URL,
  { args = [], signal, startTimeoutMs = 20_000 }: StartChildOptions = {},
): Promise<BenchChild<Ready, Question, Answer>> {
  signal?.throwIfAborted();
  const child = fork(script, [...args], {
    execArgv: ['--conditions=@orilla/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const started = signal
    ? AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)])
    : AbortSignal.timeout(startTimeoutMs);
  try {
    // The child's own code sends what its caller was told it sends: `Ready`, and `Answer` below.
    const ready = (await nextMessage(child, script, started)) as Ready;
    const { pid } = child;
    if (pid === undefined) throw new Error(`${script.pathname} has no process id.`);
    return {
      pid,
      ready,
      ask: async (question, options = {}) => {
        options.signal?.throwIfAborted();
        const answer = nextMessage(child, script, options.signal);
        // fork() gave the child a channel; a message that can't be sent is followed by its exit, which `nextMessage` tells.
        child.send(question as object, () => undefined);
        return (await answer) as Answer;
      },
      [Symbol.asyncDispose]: () => end(child),
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** The next thing that the child says. */
async function nextMessage(child: ChildProcess, script: URL, signal: AbortSignal | undefined): Promise<unknown> {
  const settled = new AbortController();
  const inTime = { signal: signal ? AbortSignal.any([signal, settled.signal]) : settled.signal };
  try {
    const [event] = await Promise.race([
      once(child, 'message', inTime),
      once(child, 'exit', inTime).then(([code, name]) => {
        throw new Error(`${script.pathname} ended instead of answering (${name ?? `exit code ${code}`}).`);
      }),
    ]);
    const message = event as ChildMessage; // serveBench sends nothing else
    if (message.type === 'failed') throw new Error(message.message);
    return message.value;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    settled.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
