import type { ThreadTime } from './fastest-threads.ts';
import type { ThreadTask } from './main.ts';

/** Threads that take longer to come are not to be had: the machine is busy with something else. */
const limitMs = 5_000;
/** The first is not counted: code is compiled in it. */
const repeats = 4;

/**
 * Times the same work with each number of threads, in ascending order, in workers that end with it.
 * @throws Error where workers can't be started, or take too long
 */
export async function measureThreads(candidates: readonly number[]): Promise<readonly ThreadTime[]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No measurement of threads within ${limitMs} ms.`)), limitMs);
  late.promise.catch(() => undefined); // nobody may be waiting for it when it comes
  const workers: Worker[] = [];
  try {
    for (let count = Math.max(...candidates); count > 0; count -= 1)
      workers.push(new Worker(new URL('./main.js', import.meta.url), { type: 'module', name: 'orilla-threads' }));
    const times: ThreadTime[] = [];
    for (const threads of candidates) {
      const used = workers.slice(0, threads);
      const ms: number[] = [];
      for (let repeat = 0; repeat < repeats; repeat += 1) ms.push(await Promise.race([together(used), late.promise]));
      times.push({ threads, ms: Math.min(...ms.slice(1)) });
    }
    return times;
  } finally {
    clearTimeout(timer);
    for (const worker of workers) worker.terminate();
  }
}

/** Lets them do the work in step, and gives the milliseconds that the slowest of them took. */
async function together(workers: readonly Worker[]): Promise<number> {
  const arrived = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const times = await Promise.all(workers.map((worker) => done(worker, { arrived, threads: workers.length })));
  return Math.max(...times);
}

function done(worker: Worker, task: ThreadTask): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = () => reject(new Error('A thread could not be started.'));
    worker.postMessage(task);
  });
}
