import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConfigFolder, makeConfigFolder } from './config-folder.test.support.ts';
import { defaultMirrorLimits } from './default-limits.ts';

let folder: ConfigFolder;
beforeAll(async () => {
  folder = await makeConfigFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const keys = '{ accessKeyIdFrom: { env: UPSTREAM_KEY }, secretAccessKeyFrom: { file: key.txt } }';

test('a bucket is read with its defaults: AWS, no prefix, addresses that are good for five minutes', async () => {
  const { mirror } = await folder.configOf('mirror:\n  s3: { bucket: models, credentials: aws }\n');
  expect(mirror).toEqual({
    s3: {
      bucket: 'models',
      prefix: '',
      region: 'us-east-1',
      endpoint: undefined,
      publicEndpoint: undefined,
      pathStyle: false,
      credentials: 'aws',
      urlSeconds: 300,
    },
    limits: defaultMirrorLimits,
  });
});

test('a bucket of a server of one’s own stands in the path, and its keys come from their places', async () => {
  const { mirror } = await folder.configOf(`
mirror:
  s3:
    bucket: models
    prefix: orilla/models
    region: eu-west-1
    endpoint: http://minio.internal:9000
    publicEndpoint: https://s3.example.org
    credentials: ${keys}
    urlSeconds: 60
  limits: { requestsPerMinute: 100, transfersPerClient: 4, transfers: 8, proxies: [10.0.0.0/8, "::1"] }
`);
  expect(mirror).toEqual({
    s3: {
      bucket: 'models',
      prefix: 'orilla/models/',
      region: 'eu-west-1',
      endpoint: new URL('http://minio.internal:9000'),
      publicEndpoint: new URL('https://s3.example.org'),
      pathStyle: true,
      credentials: {
        accessKeyId: 'sk-upstream',
        secretAccessKey: 'ork_from_a_file_0123456789',
        sessionToken: undefined,
      },
      urlSeconds: 60,
    },
    limits: { requestsPerMinute: 100, transfersPerClient: 4, transfers: 8, proxies: ['10.0.0.0/8', '::1'] },
  });
});

test('a folder may have limits of its own beside the others’ defaults', async () => {
  const { mirror } = await folder.configOf('mirror: { folder: mirror, limits: { transfers: 3 } }');
  expect(mirror).toEqual({ folder: join(folder.path, 'mirror'), limits: { ...defaultMirrorLimits, transfers: 3 } });
});

const s3 = (settings: string) => `mirror:\n  s3:\n    bucket: models\n    credentials: aws\n    ${settings}\n`;

test.each([
  [
    'mirror:\n  folder: mirror\n  s3: { bucket: models, credentials: aws }',
    'relay.yaml:3:3  mirror.s3: stands beside folder, and packages come from one place. Remove one of the two.',
  ],
  ['mirror: {}', 'relay.yaml:1:1  mirror: names no place of the packages. Write folder: PATH, or s3: {bucket: NAME'],
  ['mirror: { limits: { transfers: 1 } }', 'relay.yaml:1:1  mirror: names no place of the packages.'],
  ['mirror:\n  s3: { credentials: aws }', 'relay.yaml:2:3  mirror.s3.bucket: is missing. Name of the bucket.'],
  ['mirror:\n  s3: models', 'relay.yaml:2:7  mirror.s3: must be a section with a bucket. Write s3: {bucket: NAME'],
  [
    'mirror:\n  s3: { bucket: models }',
    'relay.yaml:2:3  mirror.s3.credentials: is missing. Write {accessKeyIdFrom: {env: NAME}, secretAccessKeyFrom: {env: NAME}}, or aws',
  ],
  [
    'mirror:\n  s3: { buket: models, credentials: aws }',
    'relay.yaml:2:9  mirror.s3.buket: is not a setting. Did you mean bucket?',
  ],
  [
    'mirror:\n  s3:\n    bucket: models\n    credentials: { accessKeyIdFrom: { env: UPSTREAM_KEY } }',
    'mirror.s3.credentials.secretAccessKeyFrom: is missing. Where to read the secret access key',
  ],
  [
    'mirror:\n  s3:\n    bucket: models\n    credentials: { accessKeyIdFrom: { env: NOT_SET }, secretAccessKeyFrom: { file: gone } }',
    'relay.yaml:4:44  mirror.s3.credentials.accessKeyIdFrom.env: this environment variable is not set, or empty. Set it before',
  ],
  [
    'mirror:\n  s3:\n    bucket: models\n    credentials: { accessKeyIdFrom: { env: UPSTREAM_KEY }, secretAccessKeyFrom: { file: gone } }',
    'mirror.s3.credentials.secretAccessKeyFrom.file: this file cannot be read (ENOENT). Check the path',
  ],
  ['mirror:\n  s3: { bucket: models, credentials: role }', 'mirror.s3.credentials: must say where the keys are'],
  ['mirror:\n  s3: { bucket: Models, credentials: aws }', 'mirror.s3.bucket: is not the name of a bucket'],
  ['mirror:\n  s3: { bucket: "s3://models", credentials: aws }', 'mirror.s3.bucket: is not the name of a bucket'],
  [s3('prefix: /models'), 'mirror.s3.prefix: must be as in the names of the objects'],
  [s3('prefix: a/../b'), 'mirror.s3.prefix: must be as in the names of the objects'],
  [s3('endpoint: minio.internal'), 'mirror.s3.endpoint: is not an address. Write for example https://s3.example.org.'],
  [s3('endpoint: s3://minio'), 'mirror.s3.endpoint: must begin with http:// or https://.'],
  [s3('endpoint: http://minio:9000/models'), 'mirror.s3.endpoint: must be the address of the server alone.'],
  [s3('endpoint: http://minio:9000/?a=b'), 'mirror.s3.endpoint: must not have a query or fragment.'],
  [s3('pathStyle: maybe'), 'mirror.s3.pathStyle: must be true or false.'],
  [s3('urlSeconds: 0'), 'mirror.s3.urlSeconds: must be at least 1.'],
  [s3('urlSeconds: 604801'), 'mirror.s3.urlSeconds: must be at most 604800.'],
  [
    'mirror: { folder: mirror, limits: { requestsPerMinute: 0 } }',
    'mirror.limits.requestsPerMinute: must be at least 1.',
  ],
  [
    'mirror: { folder: mirror, limits: { proxies: [proxy.example] } }',
    'mirror.limits.proxies[0]: must be an IP address',
  ],
  ['mirror: { folder: mirror, limits: { proxies: [10.0.0.0/33] } }', 'mirror.limits.proxies[0]: must be an IP address'],
  [
    'mirror: { folder: mirror, limits: { proxy: 1 } }',
    'mirror.limits.proxy: is not a setting. Known here: requestsPerMinute, transfersPerClient',
  ],
])('is refused with line, reason and remedy: %j', async (yaml, message) => {
  expect((await folder.problemsOf(yaml)).join('\n')).toContain(message);
});

test.each([
  ['credentials: { accessKeyId: AKIAVERYSECRET, secretAccessKey: very-secret }', 'Write accessKeyIdFrom: {env: NAME}'],
  [
    'credentials: { accessKeyId: AKIAVERYSECRET, secretAccessKey: very-secret }',
    'Write secretAccessKeyFrom: {env: NAME}',
  ],
  [
    'credentials: { accessKeyIdFrom: AKIAVERYSECRET, secretAccessKeyFrom: very-secret }',
    'must say where the secret is',
  ],
  ['credentials: very-secret', 'must say where the keys are, never the keys themselves.'],
  ['credentials: aws\n    secretAccessKey: very-secret', 'is not a setting.'],
  ['credentials: aws\n    endpoint: https://AKIAVERYSECRET:very-secret@s3.example.org', 'holds a name or password.'],
])('keys that stand in the file are refused, and never repeated: %s', async (line, message) => {
  const problems = (await folder.problemsOf(`mirror:\n  s3:\n    bucket: models\n    ${line}\n`)).join('\n');
  expect(problems).toContain(message);
  expect(problems).not.toMatch(/AKIAVERYSECRET|very-secret/);
});

test('the examples of docs/mirror.md are in order', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../../docs/mirror.md'), 'utf8');
  const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) =>
    yaml.replace('./packages', 'mirror'),
  );
  expect(examples).toHaveLength(3);
  for (const yaml of examples) {
    const here = yaml.replace('/run/secrets/orilla-s3', 'key.txt').replace('ORILLA_S3_KEY_ID', 'UPSTREAM_KEY');
    expect(await folder.problemsOf(here)).toEqual([]);
  }
});
