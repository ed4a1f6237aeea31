import { abortReason, type Backend, OrillaError } from '@orilla/contract';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { untilAborted } from '../../until-aborted.ts';
import { deviceLost } from '../answer/answer-errors.ts';
import { loadError, runError } from './engine-errors.ts';
import { type GpuDevice, takeGpuDevice } from './gpu-device.ts';
import { loadOrt, type Ort } from './load-ort.ts';
import { ortTurns } from './ort-turns.ts';
import type { OnnxFiles } from './package-files.ts';

export type Feeds = Readonly<Record<string, Tensor>>;

/** An open model. onnxruntime's own session takes one run at a time, and hangs the worker when it is run on a lost device: this one doesn't. */
export interface OrtSession {
  readonly ort: Ort;
  readonly backend: Backend;
  /** The device that it computes on; `null` on WASM. */
  readonly gpu: GpuDevice | null;
  readonly inputs: readonly InferenceSession.ValueMetadata[];
  readonly outputNames: readonly string[];
  /** False once it was released, its device was lost or its WASM crashed: every run is refused from then on. */
  readonly isOpen: boolean;
  /**
   * Computes the outputs. Runs of several callers take turns, in the order in which they asked.
   * @throws OrillaError `engine.device-lost`, `engine.crashed`, `engine.out-of-memory`, `engine.failed`: never the engine's own words
   */
  run(feeds: Feeds): Promise<Readonly<Record<string, Tensor>>>;
  /** Waits for what the GPU still computes. @throws as `run` */
  settled<T>(work: Promise<T>): Promise<T>;
  /** Ends it after the run that is under way. Whoever still waits for one is refused with `engine.failed`. */
  release(): Promise<void>;
}

export interface OpenSessionOptions {
  readonly backend: Backend;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Leaves all outputs on the GPU, where there is one: for outputs that the next run takes as inputs. */
  readonly keepOutputsOnGpu?: boolean;
  readonly loadOrt?: typeof loadOrt;
  readonly gpu?: GPU | undefined;
  /** The device to compute on, which goes with the session; without it one is taken. */
  readonly device?: GpuDevice | null | undefined;
}

/** Of onnxruntime's levels the one above errors: what it says of a failed run quotes tokens, and no log line may. */
const silent = 4;

export type OpenSession = (files: OnnxFiles, options: OpenSessionOptions) => Promise<OrtSession>;

/**
 * Opens a model from verified files. An abort is told at once; what onnxruntime is busy with by then goes when it has come to its end.
 * @throws OrillaError `engine.load-failed`, `engine.out-of-memory`, `engine.device-lost`; AbortError
 */
export const openSession: OpenSession = async (files, options) => {
  const { backend, threads, signal, keepOutputsOnGpu = false, loadOrt: load = loadOrt } = options;
  signal.throwIfAborted();
  try {
    const ort = await untilAborted(load({ backend, threads }), { signal });
    const device = backend === 'webgpu' ? await deviceOf(options) : null;
    const create = async () => {
      signal.throwIfAborted();
      const model = new Uint8Array(await files.model.arrayBuffer());
      signal.throwIfAborted();
      const session = await ort.InferenceSession.create(model, {
        executionProviders: device ? [{ name: 'webgpu', device: device.device }] : ['wasm'],
        logSeverityLevel: silent,
        externalData: files.externalData.map(({ path, data }) => ({ path, data })),
        ...(device && keepOutputsOnGpu && { preferredOutputLocation: 'gpu-buffer' }),
      });
      if (!signal.aborted && !device?.isLost) return session;
      // Nobody waits for it any more.
      await session.release();
      throw signal.aborted ? abortReason(signal) : deviceLost();
    };
    const opening = ortTurns.run(() => untilLost(create(), device));
    try {
      const session = await untilAborted(opening, { signal, giveBack: (late) => late.release() });
      return wrapSession(session, { ort, backend, gpu: device });
    } catch (error) {
      opening.catch(() => undefined).then(() => device?.destroy());
      throw error;
    }
  } catch (error) {
    throw loadError(error);
  }
};

async function deviceOf({ device, gpu, signal }: OpenSessionOptions): Promise<GpuDevice> {
  if (device) return device;
  return untilAborted(takeGpuDevice(gpu ?? navigator.gpu), { signal, giveBack: (late) => late.destroy() });
}

/** What waits for a lost device may wait for ever. */
function untilLost<T>(work: Promise<T>, gpu: GpuDevice | null): Promise<T> {
  if (!gpu) return work;
  work.catch(() => undefined); // told by the race, or of a device that is gone
  return Promise.race([work, gpu.lost]);
}

function wrapSession(
  session: InferenceSession,
  { ort, backend, gpu }: { readonly ort: Ort; readonly backend: Backend; readonly gpu: GpuDevice | null },
): OrtSession {
  /** Why no run may begin any more. */
  let ended: OrillaError | null = null;
  let released: Promise<void> | null = null;
  gpu?.lost.catch((reason: OrillaError) => {
    ended ??= reason;
  });
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (ended) throw ended;
    try {
      return await untilLost(work(), gpu);
    } catch (error) {
      const told = await runError(error, gpu);
      // A crash leaves the WASM in no state to go on; a lost device would hang the worker.
      if (told.code === 'engine.crashed' || told.code === 'engine.device-lost') ended ??= told;
      throw told;
    }
  };
  const end = () =>
    ortTurns.run(async () => {
      try {
        await session.release();
      } finally {
        gpu?.destroy();
      }
    });
  return {
    ort,
    backend,
    gpu,
    inputs: session.inputMetadata,
    outputNames: session.outputNames,
    get isOpen() {
      return ended === null;
    },
    run: (feeds) => ortTurns.run(() => guarded(() => session.run(feeds, { logSeverityLevel: silent }))),
    settled: (work) => guarded(() => work),
    release() {
      const hasCrashed = ended?.code === 'engine.crashed';
      ended ??= new OrillaError('engine.failed', 'The model was unloaded while it answered.', {
        advice: 'Load it and ask again.',
      });
      if (hasCrashed) gpu?.destroy();
      released ??= hasCrashed ? Promise.resolve() : end();
      return released;
    },
  };
}
