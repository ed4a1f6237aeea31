import { isIP } from 'node:net';
import { z } from 'zod';
import { upstreamUrlProblem } from './address.ts';
import { defaultMirrorLimits } from './default-limits.ts';
import { secretSource, sectionError, text, wholeNumber } from './setting-schemas.ts';

/** S3's own rule. A bucket's name stands in a host name or in a path. */
const bucket = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: 'is not the name of a bucket: 3 to 63 small letters, digits, dots and hyphens. Write the name alone.',
});

const prefix = z.string().refine((value) => !/^\/|\/\/|[\0\\]|(^|\/)\.{1,2}(\/|$)/.test(value), {
  error: 'must be as in the names of the objects: without a slash at its beginning. Write for example models/.',
});

const endpoint = z.string().superRefine((value, context) => {
  const problem = endpointProblem(value);
  if (problem !== undefined) context.addIssue(problem);
});

/** A server's address for S3 is signed as it stands, so there is nothing that could be meant by a path. */
function endpointProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return 'is not an address. Write for example https://s3.example.org.';
  const url = new URL(value);
  if (url.username !== '' || url.password !== '')
    return 'holds a name or password. Remove it, and write credentials: {accessKeyIdFrom, secretAccessKeyFrom} beside it.';
  if (url.protocol.startsWith('http') && url.pathname !== '/')
    return 'must be the address of the server alone. Remove the path; the bucket is a setting of its own.';
  return upstreamUrlProblem(value);
}

const keys = z.strictObject({
  accessKeyIdFrom: secretSource.describe('Where to read the access key id: {env: NAME} or {file: PATH}.'),
  secretAccessKeyFrom: secretSource.describe('Where to read the secret access key: {env: NAME} or {file: PATH}.'),
  sessionTokenFrom: secretSource.optional().describe('Where to read the session token of temporary keys.'),
});

const howToNameKeys =
  'Write {accessKeyIdFrom: {env: NAME}, secretAccessKeyFrom: {env: NAME}}, or aws for the role that this machine has.';
const whereKeysAre = `must say where the keys are, never the keys themselves. ${howToNameKeys}`;

const s3 = z.strictObject(
  {
    bucket: bucket.describe('Name of the bucket.'),
    prefix: prefix.default('').describe("What stands before a package's id in the names of its objects, e.g. models/."),
    region: text.default('us-east-1').describe('Region of the bucket.'),
    endpoint: endpoint.optional().describe('Address of the server, e.g. https://s3.example.org; AWS by default.'),
    publicEndpoint: endpoint
      .optional()
      .describe('Address of the same server as clients reach it, where that is another one.'),
    pathStyle: z
      .boolean({ error: 'must be true or false. Correct it.' })
      .optional()
      .describe('Whether the bucket stands in the path; by default where there is an endpoint.'),
    credentials: z
      .union(
        [keys, z.literal('aws', { error: ({ input }) => (input === undefined ? undefined : whereKeysAre) })],
        sectionError(whereKeysAre),
      )
      .describe(howToNameKeys),
    urlSeconds: wholeNumber(1, 7 * 24 * 60 * 60)
      .default(300)
      .describe('How long an address that a client got is good for.'),
  },
  sectionError('must be a section with a bucket. Write s3: {bucket: NAME, credentials: aws}.'),
);

const proxy = z.string().refine(isNetwork, {
  error: 'must be an IP address or a network. Write for example 10.0.0.7 or 10.0.0.0/8.',
});

function isNetwork(value: string): boolean {
  const [address = '', length, ...more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

const limits = z.strictObject({
  requestsPerMinute: wholeNumber(1, 1_000_000)
    .default(defaultMirrorLimits.requestsPerMinute)
    .describe('Requests of one address.'),
  transfersPerClient: wholeNumber(1, 100_000)
    .default(defaultMirrorLimits.transfersPerClient)
    .describe('Files that are sent to one address at the same time.'),
  transfers: wholeNumber(1, 1_000_000)
    .default(defaultMirrorLimits.transfers)
    .describe('Files that are sent at the same time.'),
  proxies: z
    .array(proxy)
    .default([])
    .describe('Addresses or networks of reverse proxies; behind them X-Forwarded-For tells who asks.'),
});

/** Where the mirror's packages are, and what one client may take of it. */
export const mirrorSchema = z
  .strictObject({
    folder: text.optional().describe('Folder with one folder a model package.'),
    s3: s3.optional().describe('Bucket with the same layout; clients fetch from it by presigned addresses.'),
    limits: limits.default({ ...defaultMirrorLimits, proxies: [] }).describe('What one client may take of the mirror.'),
  })
  .superRefine((value, context) => {
    // That both are there is a rule of its own, which also tells it where something else is wrong.
    if (value.folder === undefined && value.s3 === undefined)
      context.addIssue({
        code: 'custom',
        message: 'names no place of the packages. Write folder: PATH, or s3: {bucket: NAME, credentials: aws}.',
      });
  });

export type MirrorInput = z.output<typeof mirrorSchema>;
