import type { Chromium } from '../chromium/find-chromium.ts';
import { ensureF16Adapter } from '../webgpu-f16/f16-adapter.ts';
import { type ProbedAdapter, probeAdapter } from '../webgpu-f16/probe-adapter.ts';

/**
 * Which adapter the WebGPU tests use: the machine's own, or lavapipe. playwright.config.ts reads it from the variable
 * `ORILLA_WEBGPU_ADAPTER`.
 */
export type WebgpuAdapter = 'machine' | 'lavapipe';

export interface ChooseAdapterOptions {
  signal?: AbortSignal;
  log: (message: string) => void;
}

/**
 * Looks at every adapter that can be had, tells about each, and chooses one with `shader-f16`: the machine's own first.
 * Without one the WebGPU tests cannot run, and nothing else is ever counted in their place.
 */
export async function chooseWebgpuAdapter(
  chromium: Chromium,
  { log, signal }: ChooseAdapterOptions,
): Promise<WebgpuAdapter | { notRun: string }> {
  const own = await probeAdapter(chromium);
  log(`WebGPU adapter of this machine: ${adapterText(own)}`);
  if (own?.features.includes('shader-f16')) return 'machine';
  const f16 = await ensureF16Adapter({ log, ...(signal && { signal }) });
  if ('notAvailable' in f16) return { notRun: f16.notAvailable };
  const lavapipe = await probeAdapter(chromium, { env: f16.env });
  log(`WebGPU adapter lavapipe: ${adapterText(lavapipe)}`);
  if (lavapipe?.features.includes('shader-f16')) return 'lavapipe';
  return { notRun: 'lavapipe is here, but the page’s adapter has no shader-f16' };
}

/** One line for people: who it is, whether it has shader-f16, and every feature. */
export function adapterText(adapter: ProbedAdapter | undefined): string {
  if (adapter === undefined) return 'none';
  const { vendor, architecture, description, isFallback, features, maxBufferBytes } = adapter;
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed';
  const kind = isFallback ? ' (software)' : '';
  const f16 = features.includes('shader-f16') ? 'shader-f16' : 'no shader-f16';
  return `${name}${kind}, ${f16}, buffers up to ${(maxBufferBytes / 2 ** 30).toFixed(1)} GiB; features: ${features.join(' ')}`;
}
