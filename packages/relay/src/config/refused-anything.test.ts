import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ConfigFolder, makeConfigFolder } from './config-folder.test.support.ts';
import { relayJsonSchema } from './json-schema.ts';

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await makeConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Values that a person might put anywhere: of every type, near misses included. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    'organization',
    'on-premises',
    'vllm',
    'gpu',
    'http://127.0.0.1:1',
    '127.0.0.1:0',
    '',
    'KEY',
    0,
    -1,
    1.5,
    true,
    null,
  ),
  fc.constant([]),
  fc.constant({}),
  fc.record({ env: fc.string(), file: fc.string() }, { requiredKeys: [] }),
  fc.array(fc.constantFrom<unknown>('gpu', 1, {}, { name: 'gpu' }), { maxLength: 2 }),
);
const keys = [
  'name',
  'kind',
  'url',
  'zone',
  'region',
  'apiKeyFrom',
  'models',
  'embedded',
  'upstreams',
  'sha256',
  'keyFrom',
  'ceiling',
  'default',
  'label',
  'zones',
];
const section = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 6 });
const config = fc.dictionary(
  fc.constantFrom(...Object.keys(relayJsonSchema().properties ?? {}), 'nonsense'),
  fc.oneof(
    value,
    section,
    fc.array(section, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('keys', 'cors', 'ceiling'), fc.oneof(value, fc.array(section))),
  ),
);

test('whatever is written, the end is a configuration or mistakes that each have a place, a reason and a remedy', async () => {
  await fc.assert(
    fc.asyncProperty(config, async (written) => {
      const yaml = stringify(written, { aliasDuplicateObjects: false });
      const lines = yaml.split('\n').length;
      const loaded = await folder.load(yaml);
      expect(loaded.config === undefined).toBe(loaded.problems.length > 0);
      for (const { position, message } of loaded.problems) {
        expect(position?.line).toBeGreaterThanOrEqual(1);
        expect(position?.line).toBeLessThanOrEqual(lines);
        expect(message, message).toMatch(/[.?] \S|\?$/);
        expect(message).not.toMatch(/invalid|undefined|\[object/i);
      }
    }),
    { numRuns: 300 },
  );
});
