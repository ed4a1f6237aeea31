import { familyOf } from '@orilla/contract';
import { expect, test } from 'vitest';
import { answerCall } from './answer-call.ts';
import { demandSecureContext } from './demand-secure-context.ts';

test('a secure page may go on', () => {
  expect(() => demandSecureContext({ isSecureContext: true })).not.toThrow();
});

test('an insecure one is told what to do, by a code of its own that asking again does not help', () => {
  expect(() => demandSecureContext({ isSecureContext: false })).toThrow(
    expect.objectContaining({
      code: 'capability.insecure-context',
      isRetryable: false,
      advice: expect.stringContaining('https://'),
    }),
  );
  expect(familyOf('capability.insecure-context')).toBe('Capability');
});

test('the page hears it as the answer to its call, before any work is done', async () => {
  const { port1: page, port2: worker } = new MessageChannel();
  const answered = new Promise((resolve) => {
    page.onmessage = ({ data }) => resolve(data);
  });
  let hasWorked = false;
  await answerCall(worker, async () => {
    demandSecureContext({ isSecureContext: false });
    hasWorked = true;
  });
  expect(await answered).toMatchObject({ type: 'error', error: { code: 'capability.insecure-context' } });
  expect(hasWorked).toBe(false);
});
