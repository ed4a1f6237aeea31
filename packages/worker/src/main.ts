import type { WorkerHello } from '@orilla/contract';
import { expose } from 'comlink';
import { createWorkerApi } from './host/create-worker-api.ts';
import { keepErrorsWhole } from './host/keep-errors-whole.ts';
import { holdLifeLock } from './host/life-lock.ts';

keepErrorsWhole();
const lifeLock = holdLifeLock(navigator.locks);
expose(createWorkerApi({ lifeLock }));
// Comlink's messages have an `id` and this one has none, so that each side passes over what is not its own.
lifeLock.then((lockName) => {
  postMessage({ type: 'orilla-worker', lockName } satisfies WorkerHello);
});
