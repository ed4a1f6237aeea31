import type { Chromium } from '../../tools/chromium/find-chromium.ts';
import { adapterText } from '../../tools/test/webgpu-adapter.ts';
import { ensureF16Adapter } from '../../tools/webgpu-f16/f16-adapter.ts';
import { probeAdapter } from '../../tools/webgpu-f16/probe-adapter.ts';
import type { AdapterName } from './engine-case.ts';

/** How Chromium is started to compute with an adapter, or with none. */
export interface BenchAdapter {
  readonly name: AdapterName;
  /** For people: what it calls itself. */
  readonly title: string;
  readonly chromium: Chromium;
  /** On top of this process's own. */
  readonly env: Readonly<Record<string, string>>;
}

export interface FindAdapterOptions {
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/** Makes an adapter ready, or says why there is none. */
export async function findAdapter(
  name: AdapterName,
  chromium: Chromium,
  { signal, log }: FindAdapterOptions = {},
): Promise<BenchAdapter | { readonly notRun: string }> {
  if (name === 'none') return { name, title: 'no WebGPU', chromium: withoutWebgpu(chromium), env: {} };
  const f16 =
    name === 'lavapipe' ? await ensureF16Adapter({ ...(signal && { signal }), ...(log && { log }) }) : { env: {} };
  if ('notAvailable' in f16) return { notRun: f16.notAvailable };
  const adapter = await probeAdapter(chromium, f16);
  log?.(`WebGPU adapter ${name}: ${adapterText(adapter)}`);
  if (!adapter) return { notRun: 'this browser has no WebGPU adapter' };
  if (name === 'lavapipe' && !adapter.features.includes('shader-f16'))
    return { notRun: 'lavapipe is here, but the page’s adapter has no shader-f16' };
  const called = [adapter.vendor, adapter.architecture].filter(Boolean).join(' ') || 'unnamed';
  // lavapipe calls itself by the name of what it takes the place of.
  return { name, title: name === 'lavapipe' ? 'lavapipe' : called, chromium, env: f16.env };
}

/** So that all sides compute on the CPU, with the same threads, wherever the bench runs. */
function withoutWebgpu({ args, ...chromium }: Chromium): Chromium {
  const kept = args.filter((arg) => arg !== '--enable-unsafe-webgpu');
  return { ...chromium, args: [...kept, '--disable-blink-features=WebGPU'] };
}
