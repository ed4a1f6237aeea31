import { expect, test } from 'vitest';
import { ensureChromium } from '../chromium/find-chromium.ts';
import { ensureF16Adapter } from './f16-adapter.ts';
import { probeAdapter } from './probe-adapter.ts';

test('a page has shader-f16 on this adapter, or there is a reason why it cannot be had', async () => {
  const adapter = await ensureF16Adapter();
  if ('notAvailable' in adapter) {
    expect(adapter.notAvailable).toMatch(/^lavapipe cannot be had here: ./);
    return;
  }
  const probed = await probeAdapter(await ensureChromium(), { env: adapter.env });
  expect(probed?.features).toContain('shader-f16');
}, 120_000);

test('a folder that cannot be written is a reason, not a crash', async () => {
  const adapter = await ensureF16Adapter({ folder: '/dev/null/webgpu-f16' });
  expect(adapter).toEqual({ notAvailable: expect.stringMatching(/^lavapipe cannot be had here: ENOTDIR/) });
});

test('an abort is the signal’s reason', async () => {
  const folder = '/dev/null/webgpu-f16';
  await expect(ensureF16Adapter({ folder, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});
