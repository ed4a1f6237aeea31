import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Catalog, memoryNeed, parseCatalog } from './catalog.ts';
import { isOrillaError } from './error.ts';

const pkg = {
  id: 'tiny-q4',
  engine: 'llamacpp',
  bytes: 100,
  contextLength: 2048,
  memory: { weights: 100, kvPerToken: 2, scratch: 3 },
  requires: { features: ['shader-f16'] },
  license: 'Apache-2.0',
  sources: [
    { kind: 'mirror', url: '/orilla/v1/models/tiny-q4/' },
    { kind: 'hub', repository: 'owner/name', revision: 'main', path: 'model.gguf' },
    { kind: 'hub', repository: 'owner/name', revision: 'main', path: '' },
    { kind: 'hub', repository: 'owner/name', revision: 'main', path: 'onnx/q4/', files: ['model.onnx', 'a/b.json'] },
  ],
} as const;
const catalog: Catalog = {
  models: { tiny: { title: 'Tiny', device: [pkg], relay: { model: 'tiny' } }, big: { title: 'Big', device: [] } },
};

test('takes a catalog as it is', () => {
  expect(parseCatalog(JSON.parse(JSON.stringify(catalog)))).toEqual(catalog);
});

test('leaves out what it does not know', () => {
  expect(parseCatalog({ ...catalog, secret: 'x' })).toEqual(catalog);
});

test('a package takes its weights, its KV cache at full context, and scratch', () => {
  expect(memoryNeed(pkg)).toBe(100 + 2 * 2048 + 3);
});

const withPackage = (change: object) => ({ models: { tiny: { title: 'Tiny', device: [{ ...pkg, ...change }] } } });

const hubWith = (change: object) =>
  withPackage({ sources: [{ kind: 'hub', repository: 'a/b', revision: 'main', path: '', ...change }] });

test.each([
  ['an error page', '<html>', 'the catalog'],
  ['no models', {}, 'models'],
  ['a model without a title', { models: { tiny: { device: [] } } }, 'models.tiny.title'],
  ['a relay without a model', { models: { tiny: { title: 'T', device: [], relay: {} } } }, 'models.tiny.relay.model'],
  ['an unknown engine', withPackage({ engine: 'magic' }), 'models.tiny.device[0].engine'],
  ['a size that is a text', withPackage({ bytes: '98 MB' }), 'models.tiny.device[0].bytes'],
  ['no memory figures', withPackage({ memory: undefined }), 'models.tiny.device[0].memory'],
  ['an unknown source', withPackage({ sources: [{ kind: 'torrent' }] }), 'models.tiny.device[0].sources[0].kind'],
  ['a mirror whose address is none', withPackage({ sources: [{ kind: 'mirror', url: 'http://' }] }), 'sources[0].url'],
  ['a mirror that is no server', withPackage({ sources: [{ kind: 'mirror', url: 'file:///a' }] }), 'sources[0].url'],
  ['a hub without a revision', withPackage({ sources: [{ kind: 'hub', repository: 'a/b' }] }), 'sources[0].revision'],
  ['a hub without a path', hubWith({ path: undefined }), 'sources[0].path'],
  ['a folder of a hub that is outside of it', hubWith({ path: '../other/' }), 'sources[0].path'],
  ['a file of a hub that is outside of it', hubWith({ path: 'a/../../b' }), 'sources[0].path'],
  ['the root of a hub as a slash', hubWith({ path: '/' }), 'sources[0].path'],
  ['files that are no list', hubWith({ files: 'model.onnx' }), 'sources[0].files'],
  ['a file that is outside its folder', hubWith({ files: ['a.json', '../b'] }), 'sources[0].files[1]'],
  ['features that are no list', withPackage({ requires: { features: 'shader-f16' } }), 'requires.features'],
])('refuses %s, and says where', (_, json, at) => {
  expect(() => parseCatalog(json)).toThrow(at);
});

test('whatever a server sends, the answer is a catalog or an error of ours', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      try {
        parseCatalog(json);
      } catch (error) {
        expect(isOrillaError(error) && error.code).toBe('catalog.bad-catalog');
      }
    }),
  );
});
