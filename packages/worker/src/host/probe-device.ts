import type { DeviceFacts } from '@orilla/contract';
import { type BrowserLike, deviceKey } from './device-key.ts';
import { memoryByRule, memoryFacts } from './memory-budget.ts';
import { probeEngines } from './probe-engines.ts';
import { type GpuLike, type ProbeOptions, probeWebgpu } from './probe-webgpu.ts';

/** The browser, as far as it is asked for facts. */
export interface DeviceScope {
  readonly navigator: BrowserLike & {
    readonly gpu?: GpuLike;
    readonly deviceMemory?: number;
    readonly hardwareConcurrency: number;
    readonly storage?: { estimate(): Promise<StorageEstimate> };
  };
  readonly crossOriginIsolated: boolean;
  readonly isSecureContext: boolean;
}

/**
 * Asks the browser what it can do. Costs no download and allocates nothing; never throws for what is missing, and never waits for ever.
 * What was learned before is not in it.
 */
export async function probeDevice(scope: DeviceScope, options: ProbeOptions = {}): Promise<DeviceFacts> {
  const { navigator, crossOriginIsolated, isSecureContext } = scope;
  const [webgpu, storage] = await Promise.all([probeWebgpu(navigator.gpu, options), probeStorage(navigator.storage)]);
  const engines = probeEngines(webgpu);
  return {
    webgpu,
    key: await deviceKey(navigator, { webgpu, crossOriginIsolated }),
    crossOriginIsolated,
    isSecureContext,
    processors: navigator.hardwareConcurrency || 1,
    ...memoryFacts(memoryByRule({ deviceMemory: navigator.deviceMemory, webgpu }), engines),
    storage,
    engines,
    rates: {},
  };
}

async function probeStorage(storage: DeviceScope['navigator']['storage']): Promise<DeviceFacts['storage']> {
  // An opaque origin has no storage to tell of.
  const estimate = await storage?.estimate().catch(() => null);
  if (estimate?.quota === undefined || estimate.usage === undefined) return null;
  return { usageBytes: estimate.usage, quotaBytes: estimate.quota };
}
