import type { OpenSessionOptions } from './open-session.ts';
import { loadNodeOrt } from './tiny-model.double.ts';

export interface GpuDouble {
  readonly gpu: GPU;
  /** Takes the device away, as a driver does. */
  lose(): void;
  readonly isDestroyed: boolean;
}

/** A GPU that computes nothing, for what is done around one: none is in this process. */
export function gpuDouble(features: readonly string[] = []): GpuDouble {
  const lost = Promise.withResolvers<GPUDeviceLostInfo>();
  let isDestroyed = false;
  const info = { reason: 'unknown', message: '', __brand: 'GPUDeviceLostInfo' } as const;
  const device = {
    features: new Set(features),
    lost: lost.promise,
    createComputePipeline: () => null,
    createComputePipelineAsync: async () => null,
    destroy() {
      isDestroyed = true;
      lost.resolve({ ...info, reason: 'destroyed' });
    },
  };
  const adapter = { features: new Set(features), limits: {}, info: {}, requestDevice: async () => device };
  return {
    gpu: { requestAdapter: async () => adapter } as unknown as GPU, // only these are touched
    lose: () => lost.resolve(info),
    get isDestroyed() {
      return isDestroyed;
    },
  };
}

type Ort = Awaited<ReturnType<typeof loadNodeOrt>>;
type SessionOptions = NonNullable<Parameters<Ort['InferenceSession']['create']>[1]>;
type Session = Awaited<ReturnType<Ort['InferenceSession']['create']>>;

/** The real onnxruntime, which computes on the CPU though it was asked for the GPU, and says nothing of it. */
export function ortOnCpu(
  change: (session: Session) => void = () => undefined,
): NonNullable<OpenSessionOptions['loadOrt']> {
  return async (options) => {
    const ort = await loadNodeOrt(options);
    const create = async (model: Uint8Array, { externalData = [] }: SessionOptions): Promise<Session> => {
      const session = await ort.InferenceSession.create(model, { externalData });
      change(session);
      return session;
    };
    return { ...ort, InferenceSession: { create } } as unknown as Ort; // nothing else of it is used to open a session
  };
}

/** Tells of how many tokens each run is, before it begins. */
export function onRun(session: Session, tell: (tokens: number) => void): void {
  const run = session.run.bind(session);
  const telling: typeof run = (feeds: Parameters<typeof run>[0], ...how: unknown[]) => {
    const { input_ids: ids } = feeds;
    tell(ids && 'dims' in ids ? (ids.dims[1] ?? 0) : 0);
    return Reflect.apply(run, null, [feeds, ...how]);
  };
  session.run = telling;
}
