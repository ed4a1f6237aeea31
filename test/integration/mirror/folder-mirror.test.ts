import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually, postJson } from '../relay/relay-under-test.ts';
import { answerWell, startUpstreamDouble } from '../relay/upstream-double.ts';
import { type RelayProcess, startRelayProcess } from './relay-process.ts';
import { fetchPackage, fileUrl, isSigned, samplePackage } from './sample-packages.ts';

const sample = samplePackage('sample');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-folder-mirror-'));
  const put = async (name: string, bytes: string | Buffer) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  };
  await put('sample/manifest.json', sample.manifestText);
  for (const [path, bytes] of sample.files) await put(`sample/files/${path}`, bytes);
  await put('sample/files/private.txt', 'not in the manifest');
  // More than any socket takes in before somebody reads.
  const bytes = 256 * 1024 * 1024;
  const file = { path: 'held.bin', bytes, sha256: '0'.repeat(64) };
  await put('held/manifest.json', JSON.stringify({ ...JSON.parse(sample.manifestText), id: 'held', files: [file] }));
  await put('held/files/held.bin', '');
  await truncate(join(folder, 'held/files/held.bin'), bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(limits = '{}', more = '', nodeArgs: readonly string[] = []): Promise<RelayProcess> {
  const yaml = `mirror: { folder: ${JSON.stringify(folder)}, limits: ${limits} }\n${more}`;
  const relay = await startRelayProcess({ yaml, nodeArgs });
  onTestFinished(() => relay[Symbol.asyncDispose]());
  return relay;
}

/** A relay with a model server behind it, too. */
async function serveWithChat(limits: string) {
  const upstream = await startUpstreamDouble(answerWell);
  const relay = await serve(
    limits,
    `upstreams: [{ name: own, kind: openai, url: "${upstream.url}", zone: on-premises, models: [m] }]\n`,
  );
  const chat = async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
    return (await postJson(`${relay.url}/v1/chat/completions`, body)).status;
  };
  return { relay, chat };
}

test('a package of several files is fetched whole, and its signature holds', async () => {
  const relay = await serve();
  const { text, files } = await fetchPackage(relay.base, sample);
  expect(text).toBe(sample.manifestText);
  expect(isSigned(text, sample.publicKey)).toBe(true);
  for (const [path, bytes] of sample.files) expect(files.get(path)?.equals(bytes)).toBe(true);
  expect((await fetch(fileUrl(relay.base, 'sample', 'private.txt'))).status).toBe(404);
});

test('a client that asks too often is told when to come again, in the shape of every error, while chat goes on', async () => {
  const { relay, chat } = await serveWithChat('{ requestsPerMinute: 3 }');
  const ask = () => fetch(`${relay.base}/sample/manifest.json`);
  for (let round = 0; round < 3; round++) expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await refused.json()).toEqual({
    error: {
      message: expect.stringContaining('Retry-After'),
      type: 'rate_limit_error',
      param: null,
      code: 'rate_limit_exceeded',
    },
  });
  for (let round = 0; round < 10; round++) expect(await chat()).toBe(200);
  expect((await ask()).status).toBe(429);
});

/** Begins to fetch a large file and takes no more of it. */
async function hold(relay: RelayProcess): Promise<IncomingMessage> {
  const outgoing = get(fileUrl(relay.base, 'held', 'held.bin'), { agent: false });
  onTestFinished(() => {
    outgoing.destroy();
  });
  const [response] = await once(outgoing, 'response');
  return response;
}

test('downloads that stand still hold up neither chat nor the next one for long', async () => {
  const { relay, chat } = await serveWithChat('{ transfersPerClient: 3 }');
  const held = [await hold(relay), await hold(relay), await hold(relay)];
  expect(held.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  const refused = await hold(relay);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1']);
  // What costs no transfer is answered all the same.
  expect((await fetch(`${relay.base}/sample/manifest.json`)).status).toBe(200);
  expect((await fetch(fileUrl(relay.base, 'sample', 'config.json'), { method: 'HEAD' })).status).toBe(200);
  for (let round = 0; round < 10; round++) expect(await chat()).toBe(200);
  held[0]?.destroy();
  await eventually(async () => (await fetch(fileUrl(relay.base, 'sample', 'config.json'))).status).toBe(200);
});

test('all downloads together leave room: the one too many is told to come again', async () => {
  const { relay, chat } = await serveWithChat('{ transfers: 2 }');
  await hold(relay);
  await hold(relay);
  const refused = await hold(relay);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  expect(await chat()).toBe(200);
});

test('orilla-relay check tells every mistake of a mirror, with its line and what to write instead', async () => {
  const file = join(folder, 'wrong.yaml');
  await writeFile(
    file,
    `mirror:
  folder: ${JSON.stringify(folder)}
  s3:
    buket: models
    credentials: { accessKeyIdFrom: { env: ORILLA_TEST_NOT_SET }, secretAccessKeyFrom: { file: gone.txt } }
  limits: { requestsPerMinute: 0 }
`,
  );
  const relay = join(import.meta.dirname, '../../../packages/relay/src/main.ts');
  const args = ['--conditions=@orilla/source', relay, 'check', file];
  const failure: unknown = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 1, stdout: '' });
  const told = String(failure instanceof Error && 'stderr' in failure && failure.stderr).replaceAll(`${file}:`, '');
  expect(told.trim().split('\n')).toEqual([
    '3:3  mirror.s3: stands beside folder, and packages come from one place. Remove one of the two.',
    '4:5  mirror.s3.buket: is not a setting. Did you mean bucket?',
    expect.stringMatching(/^5:\d+ {2}mirror.s3.credentials.accessKeyIdFrom.env: this environment variable is not set/),
    expect.stringMatching(
      /^5:\d+ {2}mirror.s3.credentials.secretAccessKeyFrom.file: this file cannot be read \(ENOENT\)/,
    ),
    '6:32  mirror.limits.requestsPerMinute: must be at least 1. Correct it.',
    'There are 5 mistakes.',
  ]);
});

test('a relay without S3 does not load the AWS SDK, and one without a mirror no limiter either', async () => {
  const tell = ['--import', join(import.meta.dirname, 'tell-loaded-packages.ts')];
  const loaded = (relay: RelayProcess) => relay.lines.filter((line) => line.startsWith('loaded ')).join('\n');
  const mirror = await serve('{}', '', tell);
  expect((await fetch(fileUrl(mirror.base, 'sample', 'config.json'))).status).toBe(200);
  expect(loaded(mirror)).toContain('loaded rate-limiter-flexible');
  expect(loaded(mirror)).not.toMatch(/aws|smithy/);
  const upstream = '{ name: own, kind: openai, url: "http://127.0.0.1:9", zone: on-premises, models: [m] }';
  const none = await startRelayProcess({ yaml: `upstreams: [${upstream}]\n`, nodeArgs: tell });
  onTestFinished(() => none[Symbol.asyncDispose]());
  expect(loaded(none)).toContain('loaded zod');
  expect(loaded(none)).not.toMatch(/aws|smithy|rate-limiter/);
});
