import { privacyLabels, zones } from '@orilla/contract';
import { z } from 'zod';
import { isOrigin, parseListen, upstreamUrlProblem } from './address.ts';
import { defaultLimits } from './default-limits.ts';
import { mirrorSchema } from './mirror-schema.ts';
import { milliseconds, secretSource, sectionError, text, wholeNumber } from './setting-schemas.ts';

/** A name stands in URLs, headers and metrics, so it is kept to what all of them take. */
export const nameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, {
  error: 'must begin with a letter or digit and hold only letters, digits and . _ : / - (at most 128). Choose another.',
});

export const privacySchema = z.union(
  [
    z.enum(privacyLabels),
    z.strictObject({
      label: z.enum(privacyLabels).describe(`One of ${privacyLabels.join(', ')}.`),
      zones: z.array(z.enum(zones)).min(1).optional(),
      regions: z.array(text).min(1).optional(),
    }),
  ],
  sectionError(`must be one of ${privacyLabels.join(', ')}, or {label, zones, regions}. Choose one.`),
);

export const listenSchema = z.union(
  [
    z.string().refine((value) => parseListen(value) !== undefined, {
      error: 'must be an address and a port. Write for example 127.0.0.1:8787 or "[::1]:8787".',
    }),
    z.strictObject({
      host: text.describe('Address to listen on, e.g. 127.0.0.1.'),
      port: wholeNumber(0, 65_535).describe('Port to listen on; 0 takes a free one.'),
    }),
  ],
  sectionError('must be an address and a port. Write for example 127.0.0.1:8787.'),
);

const accessKey = z
  .strictObject({
    name: nameSchema.describe('What the key is called in logs.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, {
        error:
          'must be the SHA-256 of a key, 64 hexadecimal digits. `orilla-relay keys create` makes a key and prints it.',
      })
      .optional()
      .describe('SHA-256 of the key, as `orilla-relay keys create` prints it.'),
    keyFrom: secretSource.optional().describe('Where to read the key itself, instead of sha256.'),
    ceiling: privacySchema.optional().describe("The furthest this key's requests may travel."),
    default: privacySchema.optional().describe("What this key's unlabelled requests get."),
  })
  .refine((key) => (key.sha256 === undefined) !== (key.keyFrom === undefined), {
    error:
      'needs either sha256 or keyFrom. `orilla-relay keys create` makes a key and prints the line to put here; ' +
      'keyFrom: {env: NAME} or {file: PATH} reads one.',
  });

const embedded = z.strictObject({
  model: text.describe('Path of the GGUF file, relative to this file.'),
  contextLength: wholeNumber(256, 1_048_576).default(8_192).describe('Tokens of context for each sequence.'),
  threads: wholeNumber(1, 256).optional().describe('Threads that compute; by default at most 4 of the cores.'),
  sequences: wholeNumber(1, 64).default(4).describe('Answers computed at the same time; more wait.'),
});

export const upstreamUrl = z.string().superRefine((value, context) => {
  const problem = upstreamUrlProblem(value);
  if (problem !== undefined) context.addIssue(problem);
});

const upstream = z
  .strictObject({
    name: nameSchema.describe('What this upstream is called here.'),
    kind: z
      .enum(['vllm', 'openai', 'embedded'])
      .describe('One of vllm, openai (any server that speaks its API), embedded.'),
    url: upstreamUrl.optional().describe('Base address without /v1, e.g. http://127.0.0.1:8000.'),
    zone: z.enum(zones).describe(`Whose machines it runs on: one of ${zones.join(', ')}.`),
    region: text.optional().describe('Where these machines stand, in your own words, e.g. eu.'),
    apiKeyFrom: secretSource.optional().describe('Where to read the key that this upstream asks for.'),
    models: z.array(nameSchema).min(1).optional().describe('Models to serve from it under their own names.'),
    embedded: embedded.optional().describe('How the embedded upstream runs.'),
  })
  .superRefine((value, context) => {
    const isEmbedded = value.kind === 'embedded';
    for (const key of ['url', 'apiKeyFrom'] as const) {
      if (isEmbedded && value[key] !== undefined)
        context.addIssue({ code: 'custom', path: [key], message: 'has no meaning for kind embedded. Remove it.' });
    }
    if (!isEmbedded && value.url === undefined)
      context.addIssue({
        code: 'custom',
        message: 'needs a url. Write the base address without /v1, e.g. http://127.0.0.1:8000.',
      });
    if (isEmbedded && value.embedded === undefined)
      context.addIssue({
        code: 'custom',
        message: 'needs a section embedded. Write embedded: {model: PATH-OF-A-GGUF-FILE}.',
      });
    if (!isEmbedded && value.embedded !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['embedded'],
        message: 'belongs to kind embedded only. Remove it, or change the kind.',
      });
  });

const model = z.strictObject({
  name: nameSchema.describe('The name that clients ask for.'),
  upstreams: z
    .array(
      z.union(
        [
          nameSchema,
          z.strictObject({
            name: nameSchema.describe('Name of an upstream.'),
            model: text.describe("The model's name at that upstream."),
          }),
        ],
        sectionError(
          'must be the name of an upstream, or {name, model} where the model has another name there. Correct it.',
        ),
      ),
    )
    .min(1)
    .describe('Upstreams that serve it; the first that the label permits is used.'),
  contextLength: wholeNumber(1, 100_000_000).optional().describe('Tokens of context that it serves.'),
});

const limits = z.strictObject({
  bodyBytes: wholeNumber(1_024, 1_073_741_824).default(defaultLimits.bodyBytes).describe('Largest request body.'),
  jsonDepth: wholeNumber(4, 1_024).default(defaultLimits.jsonDepth).describe('Deepest nesting of a request body.'),
  headerTimeoutMs: milliseconds.default(defaultLimits.headerTimeoutMs).describe("Time for a request's headers."),
  bodyTimeoutMs: milliseconds.default(defaultLimits.bodyTimeoutMs).describe("Time for a request's body."),
  connections: wholeNumber(1, 1_000_000)
    .default(defaultLimits.connections)
    .describe('Connections open at the same time.'),
  upstreamHeadersTimeoutMs: milliseconds
    .default(defaultLimits.upstreamHeadersTimeoutMs)
    .describe("Time for an upstream's response headers."),
  upstreamIdleTimeoutMs: milliseconds
    .default(defaultLimits.upstreamIdleTimeoutMs)
    .describe("Longest silence inside an upstream's answer."),
  drainTimeoutMs: milliseconds
    .default(defaultLimits.drainTimeoutMs)
    .describe('Time that answers have to finish at shutdown.'),
});

const origin = z.string().refine(isOrigin, {
  error: 'must be one exact origin, without a path or wildcard. Write for example https://app.example.org.',
});

const connectOrigin = z.string().refine((value) => isOrigin(value.replace('://*.', '://')), {
  error:
    'must be an origin, or one with * for subdomains. Write for example https://hub.example.org or https://*.example.org.',
});

const host = z.string().regex(/^(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/i, {
  error: 'must be a host as it stands in a Host header. Write for example relay.example.org or relay.example.org:8787.',
});

/** The configuration as a person writes it. References between its parts are the rules' business, not the schema's. */
export const configSchema = z
  .strictObject(
    {
      listen: listenSchema.default('127.0.0.1:8787').describe('Address and port to listen on.'),
      hosts: z.array(host).default([]).describe('Hosts that clients may call this relay by; anything else is refused.'),
      access: z
        .strictObject({
          keys: z
            .array(accessKey)
            .default([])
            .describe("Clients' keys. Without any, the relay listens on loopback only."),
          cors: z
            .strictObject({ origins: z.array(origin).default([]).describe('Web origins that may call this relay.') })
            .default({ origins: [] }),
        })
        .default({ keys: [], cors: { origins: [] } })
        .describe('Who may call.'),
      upstreams: z.array(upstream).default([]).describe('Model servers behind this relay.'),
      models: z.array(model).default([]).describe('Models under the names that clients ask for.'),
      limits: limits.default(defaultLimits),
      privacy: z
        .strictObject({
          ceiling: privacySchema.optional().describe('The furthest any request may travel; organization by default.'),
          default: privacySchema.optional().describe('What unlabelled requests get; organization by default.'),
        })
        .default({}),
      mirror: mirrorSchema
        .optional()
        .describe('Model packages to serve to devices, without a key: to everybody who can reach this relay.'),
      app: z
        .strictObject({
          folder: text.describe('Folder of the built web app.'),
          connect: z
            .array(connectOrigin)
            .default([])
            .describe('Origins that the page may load from beside this one, e.g. of another relay or of a model hub.'),
        })
        .optional()
        .describe('Web app to serve at /.'),
      catalog: z
        .strictObject({ file: text.describe('JSON file, relative to this file.') })
        .optional()
        .describe('Models that apps may use, given at /orilla/v1/catalog.'),
    },
    sectionError('must be a list of settings. Write them as `key: value` lines.'),
  )
  .refine(({ upstreams, mirror, app }) => upstreams.length > 0 || mirror !== undefined || app !== undefined, {
    error: 'there is nothing to serve. Add at least one of upstreams, mirror, app.',
  });

export type ConfigInput = z.output<typeof configSchema>;
export type PrivacyInput = z.output<typeof privacySchema>;
