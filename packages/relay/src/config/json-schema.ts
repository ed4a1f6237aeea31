import { z } from 'zod';
import { configSchema } from './config-schema.ts';

/** As much of a JSON Schema as explaining a mistake needs. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The JSON Schema of the relay's configuration, as it is published beside the package for editors. */
export function relayJsonSchema(): JsonSchema & Readonly<Record<string, unknown>> {
  made ??= makeSchema();
  return made;
}

/** Made when it is first needed: it takes milliseconds, and every mistake in a file asks for it. */
let made: ReturnType<typeof relayJsonSchema> | undefined;

function makeSchema(): ReturnType<typeof relayJsonSchema> {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  // zod's own type allows booleans in place of sub-schemas, which this schema doesn't hold.
  return { $id: 'relay.schema.json', title: "The relay's configuration", ...schema } as JsonSchema &
    Record<string, unknown>;
}

/** The schemas that may stand at a path: several where a value has more than one form. */
export function schemasAt(root: JsonSchema, path: readonly (string | number)[]): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (schemas, part) => {
      const below = schemas.flatMap(
        (schema) => (typeof part === 'number' ? schema.items : schema.properties?.[part]) ?? [],
      );
      return below.flatMap((schema) => [schema, ...(schema.anyOf ?? [])]);
    },
    [root],
  );
}

/** Keys that a section at a path may have. */
export function keysAt(root: JsonSchema, path: readonly (string | number)[]): readonly string[] {
  return schemasAt(root, path).flatMap((schema) => Object.keys(schema.properties ?? {}));
}
