import type { DeviceFacts, EngineFacts, EngineName, MemoryBudget, PackageRates } from '@orilla/contract';

/** What this device can do, as plain data: for people, and for apps that decide by themselves. Sizes in bytes. */
export interface Capabilities {
  /** Engines that run here, each with its backend and what a request may need of it; `setAside` where it failed and is left alone. */
  readonly engines: readonly (EngineFacts & { readonly name: EngineName })[];
  /** The GPU, as far as the browser tells of it; `null` where there is none. */
  readonly adapter: {
    readonly name: string;
    readonly features: readonly string[];
    readonly limits: Readonly<Record<string, number>>;
    readonly isFallback: boolean;
  } | null;
  /** What a model may take, of a GPU's memory and of WASM's. */
  readonly memory: { readonly webgpu: MemoryBudget | null; readonly wasm: MemoryBudget | null };
  /** How fast packages were measured here, by their ids. */
  readonly rates: Readonly<Record<string, PackageRates>>;
  readonly storage: { readonly usageBytes: number; readonly quotaBytes: number } | null;
  readonly processors: number;
  readonly crossOriginIsolated: boolean;
  /** What measurements belong to: with another browser version, GPU or isolation it is another. */
  readonly deviceKey: string;
}

export function capabilitiesOf(facts: DeviceFacts): Capabilities {
  const { webgpu, engines, memory, rates, storage, processors, crossOriginIsolated, key } = facts;
  // One figure for all, where the app gave it.
  const forAll: MemoryBudget = { budgetBytes: facts.memoryBudgetBytes, basis: facts.memoryBasis };
  return {
    // `Object.entries` forgets the keys' type.
    engines: (Object.entries(engines) as [EngineName, EngineFacts][]).map(([name, engine]) => ({ name, ...engine })),
    adapter: webgpu && {
      name: webgpu.adapter,
      features: webgpu.features,
      limits: webgpu.limits,
      isFallback: webgpu.isFallback,
    },
    memory: memory
      ? { webgpu: memory.webgpu ?? null, wasm: memory.wasm ?? null }
      : { webgpu: webgpu && forAll, wasm: forAll },
    rates,
    storage,
    processors,
    crossOriginIsolated,
    deviceKey: key,
  };
}
