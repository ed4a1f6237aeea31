import { expect, test } from 'vitest';
import { adapterText } from './webgpu-adapter.ts';

const adapter = {
  vendor: 'google',
  architecture: 'swiftshader',
  description: '',
  isFallback: true,
  features: ['subgroups', 'timestamp-query'],
  maxBufferBytes: 2 ** 30,
  maxInvocationsPerWorkgroup: 256,
};

test('tells who the adapter is, that it is software, and that it lacks shader-f16', () => {
  expect(adapterText(adapter)).toBe(
    'google swiftshader (software), no shader-f16, buffers up to 1.0 GiB; features: subgroups timestamp-query',
  );
});

test('tells that it has shader-f16', () => {
  const real = { ...adapter, vendor: 'apple', architecture: 'm4', isFallback: false, features: ['shader-f16'] };
  expect(adapterText(real)).toBe('apple m4, shader-f16, buffers up to 1.0 GiB; features: shader-f16');
});

test('a page without an adapter, and an adapter without a name, are told as such', () => {
  expect(adapterText(undefined)).toBe('none');
  expect(adapterText({ ...adapter, vendor: '', architecture: '' })).toMatch(/^unnamed /);
});
