import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { configSchema } from './config-schema.ts';
import { explainIssues, issueMessage } from './explain-issues.ts';
import { readLoosely } from './loose-config.ts';
import type { ConfigProblem } from './problem.ts';
import type { RelayConfig } from './relay-config.ts';
import { resolveConfig } from './resolve-config.ts';
import { existingPaths } from './rules/existing-paths.ts';
import { modelReferences } from './rules/model-references.ts';
import { oneMirrorPlace } from './rules/one-mirror-place.ts';
import { privacyBounds } from './rules/privacy-bounds.ts';
import { readableCatalog } from './rules/readable-catalog.ts';
import { readableSecrets } from './rules/readable-secrets.ts';
import type { Rule } from './rules/rule.ts';
import { safeListener } from './rules/safe-listener.ts';
import { uniqueNames } from './rules/unique-names.ts';
import { parseYaml } from './yaml-source.ts';

const rules: readonly Rule[] = [
  uniqueNames,
  modelReferences,
  safeListener,
  privacyBounds,
  readableSecrets,
  readableCatalog,
  existingPaths,
  oneMirrorPlace,
];

/** A configuration that can be served, or everything that is wrong with it. */
export type LoadedConfig =
  | { readonly config: RelayConfig; readonly problems: readonly [] }
  | { readonly config: undefined; readonly problems: readonly ConfigProblem[] };

export interface LoadConfigOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Reads and checks a configuration file. All mistakes are reported at once, in the order of the file. @throws AbortError */
export async function loadConfig(
  file: string,
  { env = process.env, signal }: LoadConfigOptions = {},
): Promise<LoadedConfig> {
  let text: string;
  try {
    text = await readFile(file, { encoding: 'utf8', signal });
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return failed([{ file, position: undefined, path: [], message: `cannot be read (${code}). Check the path.` }]);
  }
  const yaml = parseYaml(file, text);
  if (yaml.problems.length > 0) return failed(yaml.problems);
  const context = { env, folder: dirname(resolve(file)), signal };
  const parsed = configSchema.safeParse(yaml.value, { error: issueMessage });
  const loose = readLoosely(yaml.value);
  const findings = [
    ...(parsed.success ? [] : explainIssues(parsed.error.issues)),
    ...(await Promise.all(rules.map((rule) => rule(loose, context)))).flat(),
  ];
  if (findings.length > 0 || !parsed.success) return failed(findings.map((finding) => yaml.locate(finding)));
  return { config: await resolveConfig(parsed.data, context), problems: [] };
}

function failed(problems: readonly ConfigProblem[]): LoadedConfig {
  const order = (problem: ConfigProblem) => problem.position?.line ?? 0;
  const column = (problem: ConfigProblem) => problem.position?.column ?? 0;
  return {
    config: undefined,
    problems: problems.toSorted((a, b) => order(a) - order(b) || column(a) - column(b)),
  };
}
