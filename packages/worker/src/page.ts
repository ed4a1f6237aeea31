/** Starts the worker that runs models. Bundlers find its script by this literal; nothing needs to be configured. */
export function startWorker(): Worker {
  return new Worker(new URL('./main.js', import.meta.url), { type: 'module', name: 'orilla' });
}
