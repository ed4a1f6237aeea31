import { expect, test } from 'vitest';
import { type BrowserLike, deviceKey } from './device-key.ts';

const webgpu = {
  features: ['shader-f16'],
  maxBufferBytes: 1,
  limits: { maxBufferSize: 1, maxBindGroups: 4 },
  adapter: 'google swiftshader',
  isFallback: true,
};
const here = { webgpu, crossOriginIsolated: true };

function chromium(version: string, platformVersion = '6.1'): BrowserLike {
  const brands = [
    { brand: 'Chromium', version },
    { brand: 'Not)A;Brand', version: '8.0.0.0' },
  ];
  return {
    userAgent: 'Mozilla/5.0 Chrome/156.0.0.0',
    userAgentData: {
      getHighEntropyValues: async () => ({ fullVersionList: brands, platform: 'Linux', platformVersion }),
    },
  };
}
const key = (browser = chromium('156.0.1.2'), facts: Parameters<typeof deviceKey>[1] = here) =>
  deviceKey(browser, facts);

test('names the browser, whether the page is isolated, and the adapter', async () => {
  expect(await key()).toMatch(/^Chromium 156\.0\.1\.2, Linux 6\.1; isolated; google swiftshader [0-9a-f]{8}$/);
});

test('is the same for the same, in whatever order things are told', async () => {
  const other = { ...webgpu, limits: { maxBindGroups: 4, maxBufferSize: 1 } };
  expect(await key(chromium('156.0.1.2'), { ...here, webgpu: other })).toBe(await key());
});

test.each<[string, Parameters<typeof key>]>([
  ['the browser’s version', [chromium('156.0.1.3')]],
  ['the system’s version', [chromium('156.0.1.2', '6.2')]],
  ['isolation', [undefined, { ...here, crossOriginIsolated: false }]],
  ['the adapter', [undefined, { ...here, webgpu: { ...webgpu, adapter: 'other' } }]],
  ['a limit', [undefined, { ...here, webgpu: { ...webgpu, limits: { maxBufferSize: 2, maxBindGroups: 4 } } }]],
  ['a feature', [undefined, { ...here, webgpu: { ...webgpu, features: [] } }]],
  ['that there is no adapter', [undefined, { ...here, webgpu: null }]],
])('changes with %s', async (_, args) => {
  expect(await key(...args)).not.toBe(await key());
});

test('where the browser has no hints, or may not give them, its short version counts', async () => {
  const { userAgent = '' } = chromium('156');
  const forbidden = { userAgent, userAgentData: { getHighEntropyValues: () => Promise.reject(new Error('policy')) } };
  expect(await key({ userAgent })).toContain('Chrome/156.0.0.0; isolated');
  expect(await key(forbidden)).toBe(await key({ userAgent }));
});
