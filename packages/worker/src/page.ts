/** What core does beside the worker, as the worker itself does beside an engine. */
export { type SilenceOptions, type SilenceWatch, watchSilence } from './watch-silence.ts';

/** Starts the worker that runs models. Bundlers find its script by this literal; nothing needs to be configured. */
export function startWorker(): Worker {
  return new Worker(new URL('./main.js', import.meta.url), { type: 'module', name: 'orilla' });
}
