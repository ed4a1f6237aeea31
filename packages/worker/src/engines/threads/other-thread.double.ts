import { parentPort, workerData } from 'node:worker_threads';
import { workInStep } from './work-in-step.ts';

parentPort?.postMessage(workInStep(new Int32Array(workerData), 2));
