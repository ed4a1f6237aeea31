import { workInStep } from './work-in-step.ts';

/** What a thread is told. All of one measurement have the same memory. */
export interface ThreadTask {
  readonly arrived: SharedArrayBuffer;
  readonly threads: number;
}

self.addEventListener('message', ({ data }: MessageEvent<ThreadTask>) => {
  self.postMessage(workInStep(new Int32Array(data.arrived), data.threads));
});
