import { expect, test } from 'vitest';
import { bytesResponse, type Served, type WebDouble, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { bytesOf, makeStore } from '../store.double.ts';

const sample = samplePackage();
const good = 'https://good.test/f';
const bad = 'https://bad.test/f';

/** A mirror that sends on to `bad` at first, and to `good` after so many times. */
function redirecting(atBad: Served, { times = 1 } = {}): WebDouble {
  let asked = 0;
  const mirror: Served = () => {
    asked += 1;
    return new Response(null, { status: 302, headers: { Location: asked <= times ? bad : good } });
  };
  return webDouble({ ...sample.served, [sample.fileUrl]: mirror, [bad]: atBad, [good]: sample.content });
}

/** As a node that goes bad after a while. */
const goodFor = (times: number, then: Served): Served => {
  let asked = 0;
  return (request) => {
    asked += 1;
    if (asked <= times) return bytesResponse(sample.content, request);
    return typeof then === 'function' ? then(request) : bytesResponse(then, request);
  };
};

const goesBad: readonly (readonly [string, Served])[] = [
  ['sends other bytes', sampleBytes(1_000, 3)],
  ['sends a web page', () => new Response('<p>', { headers: { 'Content-Type': 'text/html' } })],
  ['is overloaded', () => new Response('', { status: 503 })],
  ['holds a shorter file', () => new Response('', { status: 416 })],
  ['breaks off', () => Promise.reject(new TypeError('terminated'))],
];

test.each(goesBad)('where a redirect leads to a node that %s, the address itself is asked again', async (_, then) => {
  const network = redirecting(goodFor(4, then));
  const { files } = await makeStore(network).bring(sample.pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('the once more after damaged bytes goes to the address itself, not to the node that sent them', async () => {
  const network = redirecting(sampleBytes(1_000, 3), { times: 2 });
  const { files } = await makeStore(network).bring(sample.pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('so it is where that node would send the whole file, and sends another one', async () => {
  const whole: Served = () => bytesResponse(sampleBytes(1_000, 3), { range: null });
  const network = redirecting(whole, { times: 2 });
  const { files } = await makeStore(network).bring(sample.pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('a source that leads to a bad node each time is given up, soon and with its name', async () => {
  const network = redirecting(sampleBytes(1_000, 3), { times: 1_000 });
  await expect(makeStore(network).bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.corrupt-chunk',
    message: expect.stringContaining('https://mirror.test sent chunk'),
  });
  expect(network.requests.length).toBeLessThan(20);
});
