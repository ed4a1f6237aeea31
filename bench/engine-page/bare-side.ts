import type { BareAnswer, BareRequest } from './bare-worker/bare-messages.ts';
import type { BareRun, PeerModel, Question } from './page-bench.ts';

export interface BareSide {
  ask(question: Question): Promise<BareRun>;
}

/** wllama in a plain worker of the page's, as Orilla's engine is in Orilla's. */
export async function openBare(model: PeerModel): Promise<BareSide> {
  const worker = new Worker(new URL('./bare-worker/main.ts', import.meta.url), { type: 'module' });
  await call(worker, { type: 'open', model }, () => undefined);
  return {
    async ask(question) {
      const toCallerMs: number[] = [];
      await call(worker, { type: 'ask', question }, (atMs) =>
        toCallerMs.push(performance.timeOrigin + performance.now() - atMs),
      );
      return { toCallerMs };
    },
  };
}

function call(worker: Worker, request: BareRequest, onToken: (atMs: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(`The bare worker failed: ${message}`));
    worker.onmessage = ({ data }: MessageEvent<BareAnswer>) => {
      if (data.type === 'token') onToken(data.atMs);
      else if (data.type === 'done') resolve();
      else reject(new Error(data.message));
    };
    worker.postMessage(request);
  });
}
