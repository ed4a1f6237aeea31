import { zones } from '@orilla/contract';
import { z } from 'zod';
import { listenSchema, privacySchema } from './config-schema.ts';
import { secretSource } from './setting-schemas.ts';

/** What can be read of a configuration that may have mistakes elsewhere: whatever doesn't hold is absent. So the rules find theirs in the same run. */
export type LooseConfig = z.output<typeof looseConfig>;

const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const listOf = <T extends z.ZodType>(item: T) => maybe(z.array(maybe(item)));

const text = maybe(z.string());

const looseConfig = z.object({
  listen: maybe(listenSchema),
  hosts: listOf(z.unknown()),
  access: maybe(
    z.object({
      keys: listOf(
        z.object({
          name: text,
          sha256: text,
          keyFrom: maybe(secretSource),
          ceiling: maybe(privacySchema),
          default: maybe(privacySchema),
        }),
      ),
    }),
  ),
  upstreams: listOf(
    z.object({
      name: text,
      zone: maybe(z.enum(zones)),
      region: text,
      apiKeyFrom: maybe(secretSource),
      models: listOf(text),
      embedded: maybe(z.object({ model: text })),
    }),
  ),
  models: listOf(z.object({ name: text, upstreams: listOf(z.union([z.string(), z.object({ name: z.string() })])) })),
  privacy: maybe(z.object({ ceiling: maybe(privacySchema), default: maybe(privacySchema) })),
  mirror: maybe(
    z.object({
      folder: text,
      s3: maybe(
        z.object({
          credentials: maybe(
            z.object({
              accessKeyIdFrom: maybe(secretSource),
              secretAccessKeyFrom: maybe(secretSource),
              sessionTokenFrom: maybe(secretSource),
            }),
          ),
        }),
      ),
    }),
  ),
  app: maybe(z.object({ folder: text })),
  catalog: maybe(z.object({ file: text })),
});

/** Reads what can be read; a file that is no list of settings at all reads as an empty one. */
export function readLoosely(value: unknown): LooseConfig {
  const parsed = looseConfig.safeParse(value);
  return parsed.success ? parsed.data : {};
}
