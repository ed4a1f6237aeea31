import { abortReason, type Backend, OrillaError } from '@orilla/contract';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { OneAtATime } from '../../one-at-a-time.ts';
import { loadError, runError } from './engine-errors.ts';
import { type GpuDevice, takeGpuDevice } from './gpu-device.ts';
import { loadOrt, type Ort } from './load-ort.ts';
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
}

/** Of onnxruntime's levels the one above errors: what it says of a failed run quotes tokens, and no log line may. */
const silent = 4;

export type OpenSession = (files: OnnxFiles, options: OpenSessionOptions) => Promise<OrtSession>;

/**
 * Opens a model from verified files.
 * @throws OrillaError `engine.load-failed`, `engine.out-of-memory`, `engine.device-lost`; AbortError
 */
export const openSession: OpenSession = async (files, options) => {
  const { backend, threads, signal, keepOutputsOnGpu = false, loadOrt: load = loadOrt, gpu } = options;
  signal.throwIfAborted();
  const ort = await load({ backend, threads });
  const device = backend === 'webgpu' ? await takeGpuDevice(gpu ?? navigator.gpu) : null;
  try {
    signal.throwIfAborted();
    const model = new Uint8Array(await files.model.arrayBuffer());
    signal.throwIfAborted();
    const opening = ort.InferenceSession.create(model, {
      executionProviders: device ? [{ name: 'webgpu', device: device.device }] : ['wasm'],
      logSeverityLevel: silent,
      externalData: files.externalData.map(({ path, data }) => ({ path, data })),
      ...(device && keepOutputsOnGpu && { preferredOutputLocation: 'gpu-buffer' }),
    });
    const session = await (device ? Promise.race([opening, device.lost]) : opening);
    const opened = wrapSession(session, { ort, backend, gpu: device });
    if (!signal.aborted) return opened;
    await opened.release();
    throw abortReason(signal);
  } catch (error) {
    device?.destroy();
    throw loadError(error);
  }
};

function wrapSession(
  session: InferenceSession,
  { ort, backend, gpu }: { readonly ort: Ort; readonly backend: Backend; readonly gpu: GpuDevice | null },
): OrtSession {
  const turns = new OneAtATime();
  /** Why no run may begin any more. */
  let ended: OrillaError | null = null;
  let released: Promise<void> | null = null;
  gpu?.lost.catch((reason: OrillaError) => {
    ended ??= reason;
  });
  const untilLost = <T>(work: Promise<T>): Promise<T> => (gpu ? Promise.race([work, gpu.lost]) : work);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (ended) throw ended;
    try {
      return await untilLost(work());
    } catch (error) {
      const told = await runError(error, gpu);
      // A crash leaves the WASM in no state to go on; a lost device would hang the worker.
      if (told.code === 'engine.crashed' || told.code === 'engine.device-lost') ended ??= told;
      throw told;
    }
  };
  const end = async () => {
    // What waits for a lost device may wait for ever; it is not waited for.
    await untilLost(turns.run(async () => undefined)).catch(() => undefined);
    try {
      await session.release();
    } finally {
      gpu?.destroy();
    }
  };
  return {
    ort,
    backend,
    gpu,
    inputs: session.inputMetadata,
    outputNames: session.outputNames,
    get isOpen() {
      return ended === null;
    },
    run: (feeds) => turns.run(() => guarded(() => session.run(feeds, { logSeverityLevel: silent }))),
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
