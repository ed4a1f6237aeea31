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

/** What is read of a GPUAdapter. */
export interface AdapterLike {
  readonly features: Iterable<string>;
  readonly limits: { readonly maxBufferSize: number };
  readonly info: { readonly isFallbackAdapter: boolean };
}

/** Asks the browser what it can do. Costs no download; never throws for what is missing. */
export async function probeDevice(scope: DeviceScope): Promise<DeviceFacts> {
  const { navigator, crossOriginIsolated, isSecureContext } = scope;
  const [webgpu, storage] = await Promise.all([probeWebgpu(navigator.gpu), probeStorage(navigator.storage)]);
  const maxBufferBytes = webgpu && usesWebgpu(webgpu.features) ? webgpu.maxBufferBytes : null;
  return {
    webgpu,
    crossOriginIsolated,
    isSecureContext,
    processors: navigator.hardwareConcurrency || 1,
    memoryBudgetBytes: memoryBudgetBytes({ deviceMemory: navigator.deviceMemory, maxBufferBytes }),
    storage,
    engines: runsLlamacpp() ? { llamacpp: llamacppFeatures } : {},
  };
}

async function probeWebgpu(gpu: DeviceScope['navigator']['gpu']): Promise<DeviceFacts['webgpu']> {
  // A blocked or crashed GPU process rejects; for a model that is the same as no adapter.
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return null;
  const { features, limits, info } = adapter;
  return {
    features: [...features].sort(),
    maxBufferBytes: limits.maxBufferSize,
    isFallback: info.isFallbackAdapter,
  };
}

async function probeStorage(storage: DeviceScope['navigator']['storage']): Promise<DeviceFacts['storage']> {
  // An opaque origin has no storage to tell of.
  const estimate = await storage?.estimate().catch(() => null);
  if (estimate?.quota === undefined || estimate.usage === undefined) return null;
  return { usageBytes: estimate.usage, quotaBytes: estimate.quota };
}
