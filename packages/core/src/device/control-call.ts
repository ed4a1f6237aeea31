import { type ControlFailure, decodeError } from '@orilla/contract';
import { raceSignal } from './race-signal.ts';
import type { WorkerConnection } from './worker-connection.ts';

/**
 * Waits for a control call that has no port of its own.
 * @throws what the worker raised, whole; OrillaError `engine.worker-died`
 */
export async function controlCall<Result>(
  { api, lost }: WorkerConnection,
  call: (api: WorkerConnection['api']) => PromiseLike<Result>,
): Promise<Result> {
  try {
    return await raceSignal(call(api), [lost]);
  } catch (error) {
    throw isControlFailure(error) ? decodeError(error.encoded) : error;
  }
}

function isControlFailure(error: unknown): error is ControlFailure {
  return typeof error === 'object' && error !== null && 'encoded' in error;
}
