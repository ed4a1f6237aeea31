import type { PeerModel, PeerName, Question, Run } from './page-bench.ts';

export interface PeerSide {
  /** What it is, for people. */
  readonly title: string;
  ask(question: Question): Promise<Run>;
}

/** Each with its code loaded when it is asked for. */
const openers: Readonly<Record<PeerName, (model: PeerModel) => Promise<PeerSide>>> = {
  async wllama(model) {
    const { openWllama } = await import('./wllama-side.ts');
    const side = await openWllama(model);
    return { title: '@wllama/wllama', ask: (question) => side.ask(question) };
  },
  async webLlm(model) {
    const { openWebLlm } = await import('./web-llm-side.ts');
    return { title: '@mlc-ai/web-llm', ...(await openWebLlm(model)) };
  },
  async transformers(model) {
    const { openTransformers } = await import('./transformers-side.ts');
    const { version, ask } = await openTransformers(model);
    return { title: `Transformers.js ${version}`, ask };
  },
};

/**
 * Opens a model in a library of the page's own.
 * @throws Error where it can't be had, or computes with something else than it was asked to
 */
export async function openPeer(model: PeerModel): Promise<PeerSide> {
  const { title, ask } = await openers[model.peer](model);
  // wllama computes in a worker, and tells by itself.
  if (model.peer === 'wllama') return { title, ask };
  return {
    title,
    async ask(question) {
      const { answer: run, submits } = await countingSubmits(() => ask(question));
      if (submits > 0 !== (model.backend === 'webgpu'))
        throw new Error(
          `${title} gave the GPU ${submits} pieces of work where it was asked to compute on ${model.backend}.`,
        );
      return run;
    },
  };
}

/** How often this page gives the GPU something to do meanwhile. */
async function countingSubmits<Answer>(
  work: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly submits: number }> {
  if (!('GPUQueue' in globalThis)) return { answer: await work(), submits: 0 };
  const { submit } = GPUQueue.prototype;
  let submits = 0;
  GPUQueue.prototype.submit = function (...args) {
    submits += 1;
    return submit.apply(this, args);
  };
  try {
    return { answer: await work(), submits };
  } finally {
    GPUQueue.prototype.submit = submit;
  }
}
