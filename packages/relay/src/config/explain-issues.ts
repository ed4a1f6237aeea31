import type { core } from 'zod';
import { type JsonSchema, keysAt, relayJsonSchema, schemasAt } from './json-schema.ts';
import type { ConfigPath, Finding } from './problem.ts';
import { suggest } from './suggest.ts';

/** Turns what the schema refused into sentences for a person. Values are never echoed: a misplaced one may be a secret. */
export function explainIssues(issues: readonly core.$ZodIssue[]): readonly Finding[] {
  const schema = relayJsonSchema();
  const unknown = issues.flatMap((issue) => unknownKeys(issue, schema));
  // A mistyped mandatory key is one mistake, not two.
  const meant = new Set(unknown.map(({ meant }) => meant && pathKey(meant)));
  const others = issues.flatMap((issue) => explainIssue(issue, schema)).filter(({ path }) => !meant.has(pathKey(path)));
  return [...unknown, ...others];
}

interface UnknownKey extends Finding {
  readonly meant: ConfigPath | undefined;
}

function unknownKeys(issue: core.$ZodIssue, schema: JsonSchema): readonly UnknownKey[] {
  if (issue.code === 'invalid_union') return bestBranch(issue).flatMap((inner) => unknownKeys(inner, schema));
  if (issue.code !== 'unrecognized_keys') return [];
  const section = toPath(issue.path);
  const known = keysAt(schema, section);
  return issue.keys.map((key): UnknownKey => {
    const path = [...section, key];
    const secret = secretAdvice(key, known);
    if (secret) return { path, at: 'key', message: secret, meant: undefined };
    const near = suggest(key, known);
    const advice = near ? `Did you mean ${near}?` : `Known here: ${known.join(', ')}.`;
    return { path, at: 'key', message: `is not a setting. ${advice}`, meant: near ? [...section, near] : undefined };
  });
}

/** A secret written inline is refused with the way to do it, in whatever section it was tried. */
function secretAdvice(key: string, known: readonly string[]): string | undefined {
  const isSecret = /^(api[-_]?key|key|secret|token|password|bearer)$/i.test(key);
  const place =
    known.find((candidate) => candidate === `${key}From`) ??
    known.find((candidate) => isSecret && /^(apiKeyFrom|keyFrom)$/.test(candidate));
  if (!place) return undefined;
  return `secrets don't stand in this file. Write ${place}: {env: NAME} or ${place}: {file: PATH} instead, and change the secret if this file was shared.`;
}

function explainIssue(issue: core.$ZodIssue, schema: JsonSchema): readonly Finding[] {
  const path = toPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return [];
    case 'invalid_union': {
      const branch = bestBranch(issue);
      return branch.length > 0
        ? branch.flatMap((inner) => explainIssue(inner, schema))
        : [{ path, message: issue.message }];
    }
    default:
      return [{ path, message: issue.message === missing ? `${missing} ${describe(path, schema)}` : issue.message }];
  }
}

/** Of a value's several forms, the one it was meant to have: of the right type, and wrong inside rather than as a whole. */
function bestBranch(issue: core.$ZodIssueInvalidUnion): readonly core.$ZodIssue[] {
  const wrongAsAWhole = (branch: readonly core.$ZodIssue[], code: core.$ZodIssue['code']) =>
    branch.some((inner) => inner.code === code && inner.path.length === 0);
  const [best] = issue.errors
    .filter((branch) => !wrongAsAWhole(branch, 'invalid_type'))
    .toSorted((a, b) => Number(wrongAsAWhole(a, 'invalid_value')) - Number(wrongAsAWhole(b, 'invalid_value')));
  return (best ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The setting's own description follows, which only the whole path leads to. */
const missing = 'is missing.';

/** zod's messages in our words. Used as the parse's error map. */
export function issueMessage(issue: core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return missing;
      return `must be ${typeNames[issue.expected] ?? issue.expected}. Correct it.`;
    case 'invalid_value': {
      const near = typeof issue.input === 'string' ? suggest(issue.input, issue.values.map(String)) : undefined;
      if (issue.input === undefined) return missing;
      return `must be one of ${issue.values.map(String).join(', ')}. ${near ? `Did you mean ${near}?` : 'Choose one.'}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty. Write a value, or leave the setting out.';
      if (issue.origin === 'array') return 'must have at least one entry. Add one, or leave the setting out.';
      return `must be at least ${issue.minimum}. Correct it.`;
    case 'too_big':
      return `must be at most ${issue.maximum}. Correct it.`;
    default:
      return undefined;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list, one `- entry` a line',
  object: 'a section with settings, as `key: value` lines',
};

function describe(path: ConfigPath, schema: JsonSchema): string {
  return schemasAt(schema, path).find(({ description }) => description !== undefined)?.description ?? 'Add it.';
}

/** YAML has no symbols, so every key is a text or an index. */
function toPath(path: readonly PropertyKey[]): ConfigPath {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}

const pathKey = (path: ConfigPath): string => JSON.stringify(path);
