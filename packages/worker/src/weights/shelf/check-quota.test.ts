import { expect, test } from 'vitest';
import { checkQuota } from './check-quota.ts';

const storage = (estimate: StorageEstimate) => ({ estimate: async () => estimate });

test('passes where there is room, to the last byte', async () => {
  await checkQuota(700, storage({ usage: 300, quota: 1_000 }));
});

test('tells both figures where there is none, also when more is used than allowed', async () => {
  await expect(checkQuota(701, storage({ usage: 300, quota: 1_000 }))).rejects.toMatchObject({
    code: 'storage.quota-exceeded',
    message: expect.stringMatching(/needs 701 bytes more, and 700 are available/),
    advice: expect.any(String),
  });
  await expect(checkQuota(1, storage({ usage: 2_000, quota: 1_000 }))).rejects.toThrow('0 are available');
});

test('does not guess where the browser does not tell', async () => {
  await checkQuota(1e15, null);
  await checkQuota(1e15, storage({}));
  await checkQuota(1e15, { estimate: () => Promise.reject(new TypeError('opaque origin')) });
});
