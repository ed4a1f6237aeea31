import { OrillaError } from '@orilla/contract';

/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field that is there but cannot be used. `why` completes "`field` …" and never repeats the value. */
export function badField(param: string, why: string): OrillaError {
  return new OrillaError('protocol.bad-request', `\`${param}\` ${why}.`, { param });
}

/** A field whose meaning this server doesn't have. */
export function unsupported(param: string, what = 'is not supported by the embedded upstream'): OrillaError {
  return new OrillaError('capability.unsupported', `\`${param}\` ${what}.`, {
    advice: 'Leave it out, or use a model that another upstream serves.',
    param,
  });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `null` counts as absent, as in OpenAI's API. */
export function optional(fields: Fields, key: string): unknown {
  return fields[key] ?? undefined;
}

export function optionalNumber(fields: Fields, key: string, least: number, most: number): number | undefined {
  const value = optional(fields, key);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw badField(key, `must be a number from ${least} to ${most}`);
  return value;
}

export function optionalInteger(fields: Fields, key: string, least: number, most: number): number | undefined {
  const value = optionalNumber(fields, key, least, most);
  if (value !== undefined && !Number.isInteger(value)) throw badField(key, 'must be a whole number');
  return value;
}

export function optionalBoolean(fields: Fields, key: string): boolean | undefined {
  const value = optional(fields, key);
  if (value !== undefined && typeof value !== 'boolean') throw badField(key, 'must be true or false');
  return value;
}

export function optionalString(fields: Fields, key: string): string | undefined {
  const value = optional(fields, key);
  if (value !== undefined && typeof value !== 'string') throw badField(key, 'must be a text');
  return value;
}

/**
 * Refuses fields that ask for something this server lacks, unless they ask for nothing (`false`, empty), and fields
 * that it has never heard of: a field that is silently ignored is a promise that is silently broken.
 */
export function refuseOthers(fields: Fields, known: readonly string[], lacking: readonly string[]): void {
  for (const [key, value] of Object.entries(fields)) {
    if (known.includes(key)) continue;
    if (!lacking.includes(key)) throw badField(key, 'is not a field of this request');
    if (!asksForNothing(value)) throw unsupported(key);
  }
}

function asksForNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === 'none') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
