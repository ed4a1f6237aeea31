import type { DeviceFacts } from '@orilla/contract';

export interface GpuLike<Adapter extends AdapterLike = AdapterLike> {
  requestAdapter(): Promise<Adapter | null>;
}

/** What is read of a GPUAdapter. Whether it is a fallback stands on the adapter itself in older browsers, which may have no `info`. */
export interface AdapterLike {
  readonly features: Iterable<string>;
  /** By name; the browser's object has more that is no number. */
  readonly limits: object & { readonly maxBufferSize: number };
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly isFallbackAdapter?: boolean;
}

export interface ProbeOptions {
  /** How long the browser may look for an adapter. */
  readonly adapterTimeoutMs?: number;
  /** Told in a sentence what the facts have no field for. */
  readonly note?: (message: string) => void;
}

/** What the browser tells of its GPU; `null` where it has none. Never throws, and never waits for ever. */
export async function probeWebgpu(
  gpu: GpuLike | undefined,
  { adapterTimeoutMs = 5_000, note = (message) => console.warn(message) }: ProbeOptions = {},
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
  return adapter && adapterFacts(adapter);
}

function adapterFacts(adapter: AdapterLike): NonNullable<DeviceFacts['webgpu']> {
  const { features, limits, info = {} } = adapter;
  const names = [info.vendor, info.architecture, info.device, info.description];
  return {
    features: [...features].sort(),
    maxBufferBytes: limits.maxBufferSize,
    limits: readLimits(limits),
    adapter: names.filter(Boolean).join(' '),
    isFallback: info.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false,
  };
}

/** In the browser's object the limits are inherited, so that nothing that copies an object sees them. */
function readLimits(limits: object): Readonly<Record<string, number>> {
  const told: Record<string, number> = {};
  for (const name in limits) {
    const value: unknown = Reflect.get(limits, name);
    if (typeof value === 'number') told[name] = value;
  }
  return told;
}
