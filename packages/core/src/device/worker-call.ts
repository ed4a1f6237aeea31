import { type CallControl, type CallMessage, decodeError, type LoadProgress, type TokenEvent } from '@orilla/contract';
import { transfer } from 'comlink';
import { raceSignal } from './race-signal.ts';
import type { WorkerConnection } from './worker-connection.ts';
import type { Patience } from './worker-watch.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly onTokens?: ((events: readonly TokenEvent[]) => void) | undefined;
  /** Told where another tab computes. */
  readonly onElsewhere?: (() => void) | undefined;
  /** How long it may tell nothing before the worker is asked whether it is there. */
  readonly patience?: Exclude<keyof Patience, 'pingMs'> | undefined;
}

/** Sends a call through the control channel, giving the worker its end of the call's own port. */
export type StartCall = (port: MessagePort) => PromiseLike<void>;

/**
 * Runs one call on a port of its own and settles with its last message. Aborting tells the worker, and rejects at once;
 * a worker that dies rejects at once too.
 * @throws what the worker raised, whole; OrillaError `engine.worker-died`; AbortError
 */
export async function callWorker<Result>(
  connection: WorkerConnection,
  start: StartCall,
  options: CallOptions = {},
): Promise<Result> {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const watch = connection.watch(connection.patience[options.patience ?? 'callMs']);
  try {
    options.signal?.throwIfAborted();
    const result = new Promise<Result>((resolve, reject) => {
      ours.onmessage = ({ data }: MessageEvent<CallMessage<Result>>) => {
        watch.heard();
        switch (data.type) {
          case 'elsewhere':
            return options.onElsewhere?.();
          case 'progress':
            return options.onProgress?.(data.progress);
          case 'tokens':
            return options.onTokens?.(data.events);
          case 'done':
            return resolve(data.result);
          case 'error':
            return reject(decodeError(data.error));
        }
      };
    });
    const started = start(transfer(theirs, [theirs]));
    return await raceSignal(
      Promise.all([result, started]).then(([value]) => value),
      [connection.lost, options.signal],
    );
  } catch (error) {
    ours.postMessage({ type: 'abort' } satisfies CallControl);
    throw error;
  } finally {
    watch.end();
    ours.onmessage = null;
    ours.close();
  }
}
