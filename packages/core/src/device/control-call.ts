import { type ControlFailure, decodeError } from '@orilla/contract';
import { raceSignal } from './race-signal.ts';
import type { WorkerConnection } from './worker-connection.ts';

/**
 * Waits for a control call that has no port of its own. As with the others, a worker that is silent and does not answer is ended.
 * @throws what the worker raised, whole; OrillaError `engine.worker-died`
 */
export async function controlCall<Result>(
  connection: WorkerConnection,
  call: (api: WorkerConnection['api']) => PromiseLike<Result>,
): Promise<Result> {
  const { api, lost, patience } = connection;
  const watch = connection.watch(patience.callMs);
  try {
    return await raceSignal(call(api), [lost]);
  } catch (error) {
    throw isControlFailure(error) ? decodeError(error.encoded) : error;
  } finally {
    watch.end();
  }
}

function isControlFailure(error: unknown): error is ControlFailure {
  return typeof error === 'object' && error !== null && 'encoded' in error;
}
