import type { Claim } from '../case.ts';
import { boundedSchemas, type Schema } from './bounded-schemas.ts';

export interface JsonRun {
  /** How many schemas each subject is asked. */
  readonly count: number;
  readonly seed: number;
}

const { ORILLA_JSON_COUNT: count, ORILLA_JSON_SEED: seed, ORILLA_SLICE: slice } = process.env;

/** What `npm run conformance -- --json N --seed N` says; in the slice of `npm test` a few. */
export const jsonRun: JsonRun = { count: Number(count ?? (slice ? 10 : 200)), seed: Number(seed ?? 1) };

/** On two busy cores a model takes seconds for an answer, and the largest a quarter of an hour for all cases. */
export const suiteTimeoutMs = (slice ? 240_000 : 900_000) + jsonRun.count * 6_000;

/** The schemas that whoever claims this is asked answers under. */
export const schemasFor = (claims: readonly Claim[], run = jsonRun): readonly Schema[] =>
  claims.includes('json_schema') ? boundedSchemas({ ...run, isWide: claims.includes('json_schema_wide') }) : [];
