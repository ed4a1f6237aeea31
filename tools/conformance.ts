import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { type Claim, claimNames, type Subject } from '../test/conformance/case.ts';
import { askJson } from '../test/conformance/json/ask-json.ts';
import type { Schema } from '../test/conformance/json/bounded-schemas.ts';
import { type JsonRun, jsonRun, schemasFor } from '../test/conformance/json/json-run.ts';
import { jsonFaults, judgeJson, verdictLines } from '../test/conformance/json/judge-json.ts';
import { type CaseResult, runCases } from '../test/conformance/run-cases.ts';
import { addCounts, countsLine, exitCodeOf } from './test/counts.ts';
import { root, runPlaywright } from './test/runners.ts';

// npm run conformance -- --base-url URL [--api-key K] [--model M] [--context N] [--claims a,b]: the suite against any OpenAI-compatible server.
// npm run conformance -- --engine llamacpp|onnx|webllm: against a device engine, in Chromium.
// Both with [--json N] [--seed N]: for how many schemas an answer is asked for, and for which.

const engines = ['llamacpp', 'onnx', 'webllm'];
const usage = `Say whom to ask:
  npm run conformance -- --base-url http://127.0.0.1:8000/v1 [--api-key K] [--model M] [--context 4096] [--claims ${claimNames.slice(0, 3).join(',')},…]
  npm run conformance -- --engine ${engines.join('|')}
Both take [--json 200] [--seed 1]: answers under how many schemas, and under which.`;

/** @throws Error where it is none of these */
function readClaims(text: string | undefined): readonly Claim[] {
  if (text === undefined) return claimNames;
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !claimNames.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`There is no claim "${unknown}". There are: ${claimNames.join(', ')}.`);
  return claimNames.filter((name) => wanted.includes(name));
}

function show({ outcome, claim, name, detail, ms }: CaseResult): void {
  console.log(`${outcome === 'broken' ? '✗' : '✓'} ${claim}: ${name} (${ms} ms)${detail && `\n    ${detail}`}`);
}

/** @throws Error where it is none */
function readCount(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,6}$/.test(text)) throw new Error(`--${name} takes a whole number.`);
  return Number(text);
}

type Options = Readonly<Record<string, string | undefined>>;

async function askServer(baseURL: string, options: Options, run: JsonRun) {
  const client = new OpenAI({ baseURL, apiKey: options['api-key'] ?? 'none', maxRetries: 0 });
  const model = options.model ?? (await client.models.list()).data[0]?.id;
  if (model === undefined) throw new Error('The server lists no model: name one by --model.');
  console.log(`${model} at ${baseURL}`);
  const subject = { client, model, contextLength: Number(options.context ?? 4_096) };
  const claims = readClaims(options.claims);
  const results = await runCases(subject, { claims, onResult: show });
  const failed = results.filter(({ outcome }) => outcome === 'broken').length;
  const cases = { passed: results.length - failed, failed, skipped: 0 };
  const schemas = schemasFor(claims, run);
  return schemas.length === 0 ? cases : addCounts([cases, await askSchemas(subject, schemas)]);
}

/** One more case. */
async function askSchemas(subject: Subject, schemas: readonly Schema[]) {
  const log = (line: string) => console.log(line);
  const verdict = judgeJson(await askJson(subject, schemas, { onProgress: log }));
  const faults = jsonFaults(verdict);
  for (const line of [...verdictLines(verdict), ...verdict.invalid]) log(line);
  return { passed: faults.length === 0 ? 1 : 0, failed: faults.length === 0 ? 0 : 1, skipped: 0 };
}

async function main() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{ 'base-url': text, 'api-key': text, model: text, context: text, claims: text },
      ...{ engine: text, json: text, seed: text },
    },
  });
  const { engine, 'base-url': baseUrl, json, seed, ...rest } = values;
  const run = { count: readCount(json, 'json', jsonRun.count), seed: readCount(seed, 'seed', jsonRun.seed) };
  const env = { ORILLA_JSON_COUNT: String(run.count), ORILLA_JSON_SEED: String(run.seed) };
  if (engine !== undefined && engines.includes(engine))
    return runPlaywright(['conformance'], { filters: [`test/conformance/${engine}`], cwd: root, env });
  if (engine === undefined && baseUrl !== undefined) return askServer(baseUrl, rest, run);
  throw new Error(usage);
}

try {
  const counts = await main();
  console.log(countsLine(counts));
  process.exitCode = exitCodeOf(counts);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
