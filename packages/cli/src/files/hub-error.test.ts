import { HubApiError, InvalidApiResponseFormatError } from '@huggingface/hub';
import { expect, test } from 'vitest';
import { explainHubError, HubStatus, statusOf } from './hub-error.ts';
import { withToken } from './hub-fetch.ts';
import { networkCode } from './network-code.ts';

const told = (error: unknown) => String((explainHubError(error, 'hf:us/model@main') as Error).message);
const signed = 'https://store.example/file?X-Amz-Signature=secret';

test.each([
  [401, 'Set HF_TOKEN to a token that may'],
  [403, "accept the model's conditions on the hub"],
  [404, 'Check the name and the revision.'],
  [429, 'Try again later, or set HF_TOKEN.'],
  [500, 'The hub answered 500 for hf:us/model@main.'],
])('an answer of %i says what to do, and no signed address', (status, words) => {
  for (const error of [new HubStatus(status), new HubApiError(signed, status, 'id', `see ${signed}`)]) {
    expect(statusOf(error)).toBe(status);
    expect(told(error)).toContain(words);
    expect(told(error)).not.toContain('Signature');
  }
});

test('an answer that is not as a hub gives it is told in words for people', () => {
  expect(told(new InvalidApiResponseFormatError('Expected size information'))).toBe(
    'What answers for hf:us/model@main does not speak as a hub does: a page, or a proxy that takes headers away. Check --hub.',
  );
});

test('a network that fails is told by its code, other errors stay what they are', () => {
  const refused = Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' });
  const failed = new TypeError('fetch failed', { cause: refused });
  expect(networkCode(failed)).toBe('ECONNREFUSED');
  expect(networkCode(new TypeError('fetch failed', { cause: new Error('bad certificate') }))).toBe('bad certificate');
  expect(told(failed)).toBe(
    "The hub can't be reached for hf:us/model@main (ECONNREFUSED). Check --hub, and the connection.",
  );
  const other = new RangeError('no network');
  expect([networkCode(other), explainHubError(other, 'x')]).toEqual([undefined, other]);
});

test('the token goes with requests to the hub, on any of its paths, and with no other', async () => {
  const seen: [string, string | null][] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push([String(input), new Headers(init?.headers).get('authorization')]);
    return new Response();
  };
  const hub = withToken(fetch, 'https://hub.example', 'sesame', undefined);
  await hub('https://hub.example/api/models/us/model');
  await hub(new URL('https://hub.example/us/model/resolve/main/a'), { headers: { range: 'bytes=0-0' } });
  for (const other of [
    'https://store.example/a',
    'http://hub.example/a',
    'https://hub.example:8443/a',
    'https://xhub.example/a',
  ])
    await hub(other);
  await withToken(fetch, 'https://hub.example', undefined, undefined)('https://hub.example/');
  expect(seen.map(([, header]) => header)).toEqual(['Bearer sesame', 'Bearer sesame', null, null, null, null, null]);
});

test('every request of the hub can be aborted', async () => {
  const stop = new AbortController();
  const fetch: typeof globalThis.fetch = async (_, init) => {
    expect(init?.signal).toBe(stop.signal);
    return new Response();
  };
  await withToken(fetch, 'https://hub.example', undefined, stop.signal)('https://hub.example/');
});
