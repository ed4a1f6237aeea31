import { openWllama, type WllamaSide } from '../wllama-side.ts';
import type { BareAnswer, BareRequest } from './bare-messages.ts';

/** The least that lies between an engine in a worker and its page: one message for each token, and nothing else. */
let side: WllamaSide | undefined;

async function answer(request: BareRequest): Promise<void> {
  if (request.type === 'open') {
    side = await openWllama(request.model);
    return;
  }
  if (!side) throw new Error('Open the model first.');
  await side.ask(request.question, (text) =>
    postMessage({ type: 'token', text, atMs: performance.timeOrigin + performance.now() } satisfies BareAnswer),
  );
}

addEventListener('message', ({ data }: MessageEvent<BareRequest>) => {
  answer(data).then(
    () => postMessage({ type: 'done' } satisfies BareAnswer),
    (error: unknown) => postMessage({ type: 'failed', message: String(error) } satisfies BareAnswer),
  );
});
