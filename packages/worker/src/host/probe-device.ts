import type { DeviceFacts } from '@orilla/contract';
import { llamacppFeatures, runsLlamacpp, usesWebgpu } from '../engines/llamacpp/llamacpp-support.ts';
import { memoryBudgetBytes } from './memory-budget.ts';

/** The browser, as far as it is asked for facts. */
export interface DeviceScope {
  readonly navigator: {
    readonly gpu?: { requestAdapter(): Promise<AdapterLike | null> };
    readonly deviceMemory?: number;
    readonly hardwareConcurrency: number;
    readonly storage?: { estimate(): Promise<StorageEstimate> };
  };
  readonly crossOriginIsolated: boolean;
  readonly isSecureContext: boolean;
}

/** What is read of a GPUAdapter. Whether it is a fallback stands on the adapter itself in older browsers, which may have no `info`. */
export interface AdapterLike {
  readonly features: Iterable<string>;
  readonly limits: { readonly maxBufferSize: number };
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
}

export interface ProbeOptions {
  /** How long the browser may look for an adapter. */
  readonly adapterTimeoutMs?: number;
  /** Told in a sentence what the facts have no field for. */
  readonly note?: (message: string) => void;
}

/** Asks the browser what it can do. Costs no download; never throws for what is missing, and never waits for ever. */
export async function probeDevice(
  scope: DeviceScope,
  { adapterTimeoutMs = 5_000, note = (message) => console.warn(message) }: ProbeOptions = {},
): Promise<DeviceFacts> {
  const { navigator, crossOriginIsolated, isSecureContext } = scope;
  const [webgpu, storage] = await Promise.all([
    probeWebgpu(navigator.gpu, { adapterTimeoutMs, note }),
    probeStorage(navigator.storage),
  ]);
  const maxBufferBytes = webgpu && usesWebgpu(webgpu.features) ? webgpu.maxBufferBytes : null;
  return {
    webgpu,
    crossOriginIsolated,
    isSecureContext,
    processors: navigator.hardwareConcurrency || 1,
    memoryBudgetBytes: memoryBudgetBytes({ deviceMemory: navigator.deviceMemory, maxBufferBytes }),
    storage,
    engines: runsLlamacpp()
      ? { llamacpp: { features: llamacppFeatures, backend: maxBufferBytes === null ? 'wasm' : 'webgpu' } }
      : {},
    memoryBasis: 'rule',
    key: '',
    rates: {},
  };
}

async function probeWebgpu(
  gpu: DeviceScope['navigator']['gpu'],
  { adapterTimeoutMs, note }: Required<ProbeOptions>,
): Promise<DeviceFacts['webgpu']> {
  if (!gpu) return null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A driver that hangs may leave it without an answer.
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      note(
        `The browser found no GPU within ${adapterTimeoutMs} ms: models run on the CPU. Restart the browser to try again.`,
      );
      resolve(null);
    }, adapterTimeoutMs);
  });
  // A blocked or crashed GPU process rejects; for a model that is the same as no adapter.
  const adapter = await Promise.race([gpu.requestAdapter().catch(() => null), late]);
  clearTimeout(timer);
  if (!adapter) return null;
  const { features, limits, info } = adapter;
  return {
    features: [...features].sort(),
    maxBufferBytes: limits.maxBufferSize,
    limits: {},
    adapter: '',
    isFallback: info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false,
  };
}

async function probeStorage(storage: DeviceScope['navigator']['storage']): Promise<DeviceFacts['storage']> {
  // An opaque origin has no storage to tell of.
  const estimate = await storage?.estimate().catch(() => null);
  if (estimate?.quota === undefined || estimate.usage === undefined) return null;
  return { usageBytes: estimate.usage, quotaBytes: estimate.quota };
}
