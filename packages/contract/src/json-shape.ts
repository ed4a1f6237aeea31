import { isRelativePath } from './package-names.ts';

/** JSON that has another shape than it should: where, and what should be there. */
export class ShapeError extends Error {
  readonly at: string;
  readonly why: string;

  constructor(at: string, why: string) {
    super(`${at} ${why}`);
    this.at = at;
    this.why = why;
  }
}

/** Runs a parser and gives its ShapeErrors the words of the thing that was parsed. */
export function parseShape<T>(parse: () => T, explain: (fault: ShapeError) => Error): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof ShapeError ? explain(error) : error;
  }
}

export function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShapeError(at, 'must be an object');
  return value as Record<string, unknown>; // an object that is neither null nor an array
}

export function list(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ShapeError(at, 'must be a list');
  return value;
}

export function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new ShapeError(at, 'must be a text');
  return value;
}

export function count(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ShapeError(at, 'must be a whole number, not negative');
}

export function oneOf<T extends string>(values: readonly T[], value: unknown, at: string): T {
  const found = values.find((item) => item === value);
  if (found === undefined) throw new ShapeError(at, `must be one of ${values.join(', ')}`);
  return found;
}

export function digest(value: unknown, at: string): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
  throw new ShapeError(at, 'must be a SHA-256 in lower-case hex');
}

/** An http(s) address, or one that is relative to a page. */
export function webAddress(value: unknown, at: string): string {
  const address = text(value, at);
  const page = 'https://page.invalid/';
  if (URL.canParse(address, page) && /^https?:$/.test(new URL(address, page).protocol)) return address;
  throw new ShapeError(at, 'must be an http(s) address, or one relative to the page');
}

/** A path that stays inside its folder. */
export function relativePath(value: unknown, at: string): string {
  const path = text(value, at);
  if (isRelativePath(path)) return path;
  throw new ShapeError(at, 'must be a plain relative path');
}
