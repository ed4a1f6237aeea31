import { type ManifestSignature, parseManifest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { json, webDouble } from '../network/web.double.ts';
import { describe, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { firstManifest } from './first-manifest.ts';
import { makeSigner } from './signed-package.double.ts';
import { openSource } from './source.ts';
import { fromBase64, readTrustedKeys } from './trusted-keys.ts';
import { verifySignature } from './verify-signature.ts';

/** A manifest as it comes, with whatever is in it. */
interface Signed extends Readonly<Record<string, unknown>> {
  readonly signature?: ManifestSignature;
}

const signer = makeSigner();
const stranger = makeSigner();
const { manifest } = samplePackage();
const signed = signer.sign({ ...manifest, fromALaterVersion: { b: [1, 'é'], a: null } });
const trustedKeys = readTrustedKeys([stranger.publicKey, signer.publicKey]);
const giver = 'https://mirror.test';

/** A browser whose WebCrypto does not know Ed25519. */
const older = Object.assign(Object.create(crypto.subtle), {
  importKey: () => Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError')),
});

const ways: readonly (readonly [string, SubtleCrypto | null])[] = [
  ['by WebCrypto', crypto.subtle],
  ['where WebCrypto does not know Ed25519', older],
  ['without WebCrypto', null],
];

const check = (document: Signed, subtle: SubtleCrypto | null, keys = trustedKeys) =>
  verifySignature(document, document.signature, { trustedKeys: keys, giver, subtle });

test.each(ways)(
  '%s: a manifest that a trusted key signed passes, fields from a later version included',
  async (_, subtle) => {
    await check(signed, subtle);
    await check(JSON.parse(JSON.stringify(signed)), subtle);
  },
);

const flipped = (value: string) => {
  const bytes = fromBase64(value);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  return Buffer.from(bytes).toString('base64');
};
const { signature: _, ...withoutSignature } = signed;
const refused: readonly (readonly [string, Signed, RegExp])[] = [
  ['no signature', withoutSignature, /has no signed manifest, and this app takes no other/],
  ['a changed field', { ...signed, license: 'MIT' }, /is not the one that was signed/],
  ['a changed field that this version does not know', { ...signed, fromALaterVersion: {} }, /is not the one that was/],
  ['a field more', Object.assign({ extra: 1 }, signed), /is not the one that was signed/],
  [
    'a flipped bit',
    { ...signed, signature: { ...signed.signature, value: flipped(signed.signature.value) } },
    /is not the/,
  ],
  [
    'a signature that says it is of another trusted key',
    { ...signed, signature: { ...signed.signature, keyId: stranger.keyId } },
    /is not the one that was signed/,
  ],
];
for (const [name, subtle] of ways) {
  test.each(refused)(`${name}: a manifest with %s is refused`, async (_, document, reason) => {
    await expect(check(document, subtle)).rejects.toMatchObject({
      code: 'catalog.bad-signature',
      message: expect.stringMatching(reason),
      advice: expect.stringContaining('orilla pack'),
    });
    await expect(check(document, subtle)).rejects.toThrow(giver);
  });

  test(`${name}: a key that is no point of the curve trusts nobody`, async () => {
    const bytes = Buffer.alloc(32, 0xff);
    const keyId = sha256Hex(bytes).slice(0, 16);
    const document: Signed = { ...signed, signature: { ...signed.signature, keyId } };
    const checking = check(document, subtle, readTrustedKeys([bytes.toString('base64')]));
    await expect(checking).rejects.toMatchObject({ code: 'catalog.bad-signature' });
  });
}

test('a key that the app does not trust is named by its id', async () => {
  await expect(
    check({ ...stranger.sign(manifest) }, crypto.subtle, readTrustedKeys([signer.publicKey])),
  ).rejects.toThrow(`key ${stranger.keyId} signed, which this app does not trust`);
});

test('without trusted keys nothing is asked for', async () => {
  await check(withoutSignature, crypto.subtle, []);
  await check({ ...signed, license: 'MIT' }, crypto.subtle, []);
});

// What sources do with it.

const one = samplePackage({ mirror: 'https://one.test' });
const two = samplePackage({ mirror: 'https://two.test' });
const hub = { kind: 'hub', repository: 'org/model', revision: 'main', path: 'model.gguf' } as const;
const tree = [{ type: 'file', path: 'model.gguf', size: 9, lfs: { oid: 'a'.repeat(64), size: 9 } }];
const sources = [...one.pkg.sources, hub, ...two.pkg.sources];
const pkg = describe(manifest, sources);
const signal = new AbortController().signal;

const serving = (first: object, second: object) =>
  webDouble({
    [one.manifestUrl]: json(first),
    [two.manifestUrl]: json(second),
    'https://hub.test/api/models/org/model/tree/main': json(tree),
  });
const open = (keys = trustedKeys) =>
  sources.map((source) =>
    openSource(source, { baseUrl: 'https://app.test', hubUrl: 'https://hub.test', trustedKeys: keys }),
  );

test('past a source with a bad signature and a hub that has none, the next signed manifest is taken', async () => {
  const network = serving({ ...signed, license: 'MIT' }, signed);
  const { document } = await firstManifest(pkg, open(), { network, signal });
  expect(JSON.parse(document ?? '')).toEqual(signed);
  expect(network.requests.map(({ url }) => url)).toEqual([one.manifestUrl, two.manifestUrl]);
});

test('where no source has one, the error is about signatures and names each of them', async () => {
  const failing = firstManifest(pkg, open(), { network: serving(manifest, manifest), signal });
  await expect(failing).rejects.toMatchObject({ code: 'catalog.bad-signature' });
  await expect(failing).rejects.toThrow(/one\.test has no signed.*hub\.test has no signed.*two\.test has no signed/);
});

test('a hub still has the bytes of a manifest that was signed elsewhere', () => {
  expect(open()[1]?.fileUrl('model.gguf')).toBe('https://hub.test/org/model/resolve/main/model.gguf');
});

test('without trusted keys, a signature that nobody can check is passed over', async () => {
  const { manifest: read } = await firstManifest(pkg, open([]), { network: serving(signed, signed), signal });
  expect(read).toEqual(parseManifest(signed));
});
