import { expect, test } from 'vitest';
import { json, type Served, webDouble } from '../network/web.double.ts';
import { readHubTree } from './hub-tree.ts';

const treeUrl = 'https://hub.test/api/models/org/model/tree/main?recursive=true';
const signal = new AbortController().signal;
const read = (served: Readonly<Record<string, Served>>) => {
  const network = webDouble(served);
  return { network, files: readHubTree(treeUrl, { network, signal }) };
};
const entry = (path: string) => ({ type: 'file', path, size: 3, oid: `git-${path}` });
const file = (path: string) => ({ path, bytes: 3, sha256: null, blobId: `git-${path}` });
const page =
  (entries: readonly object[], link?: string): Served =>
  () =>
    new Response(JSON.stringify(entries), { headers: link === undefined ? {} : { Link: link } });

test('a file in LFS has a SHA-256 and its real size, one in Git itself Git’s own hash', async () => {
  const lfs = { type: 'file', path: 'b.onnx', size: 130, oid: 'pointer', lfs: { oid: 'a'.repeat(64), size: 5_000 } };
  const { files } = read({
    [treeUrl]: json([entry('a.json'), lfs, { type: 'directory', path: 'c', oid: 'x', size: 0 }]),
  });
  expect(await files).toEqual([
    file('a.json'),
    { path: 'b.onnx', bytes: 5_000, sha256: 'a'.repeat(64), blobId: 'pointer' },
  ]);
});

test('goes on over all pages, wherever the hub says the next one is', async () => {
  const { network, files } = read({
    [treeUrl]: page([entry('a')], `<${treeUrl}&cursor=2>; rel="next"`),
    [`${treeUrl}&cursor=2`]: page([entry('b')], '</api/last>; title="a, b"; rel=next, </api/first>; rel="first"'),
    'https://hub.test/api/last': page([entry('c')], `<${treeUrl}>; rel="first"`),
  });
  expect(await files).toEqual([file('a'), file('b'), file('c')]);
  expect(network.requests).toHaveLength(3);
});

test.each(['https://elsewhere.test/tree', 'https://hub.test:8443/tree', 'https://[', 'data:application/json,[]'])(
  'does not go on at %s, which is another server',
  async (address) => {
    const { network, files } = read({ [treeUrl]: page([], `<${address}>; rel="next"`) });
    await expect(files).rejects.toMatchObject({ code: 'catalog.bad-manifest' });
    await expect(files).rejects.toThrow('goes on at another server');
    expect(network.requests).toHaveLength(1);
  },
);

test('pages without an end have one', async () => {
  const { network, files } = read({ [treeUrl]: page([], `<${treeUrl}>; rel="next"`) });
  await expect(files).rejects.toThrow('goes on after 100 pages');
  expect(network.requests).toHaveLength(100);
});

test('what it does not understand it passes over', async () => {
  const odd = [null, 'a', 7, {}, { type: 'file' }, { type: 'file', path: 7, size: 1 }, { type: 'file', path: 'a' }];
  expect(await read({ [treeUrl]: json(odd) }).files).toEqual([]);
  expect(await read({ [treeUrl]: json({ error: 'gated' }) }).files).toEqual([]);
});
