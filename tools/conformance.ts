import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { type Claim, claimNames } from '../test/conformance/case.ts';
import { type CaseResult, runCases } from '../test/conformance/run-cases.ts';
import { countsLine, exitCodeOf } from './test/counts.ts';
import { root, runPlaywright } from './test/runners.ts';

// npm run conformance -- --base-url URL [--api-key K] [--model M] [--context N] [--claims a,b]: the suite against any OpenAI-compatible server.
// npm run conformance -- --engine llamacpp|onnx|webllm: against a device engine, in Chromium.

const engines = ['llamacpp', 'onnx', 'webllm'];
const usage = `Say whom to ask:
  npm run conformance -- --base-url http://127.0.0.1:8000/v1 [--api-key K] [--model M] [--context 4096] [--claims ${claimNames.slice(0, 3).join(',')},…]
  npm run conformance -- --engine ${engines.join('|')}`;

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

async function askServer(baseURL: string, options: Readonly<Record<string, string | undefined>>) {
  const client = new OpenAI({ baseURL, apiKey: options['api-key'] ?? 'none', maxRetries: 0 });
  const model = options.model ?? (await client.models.list()).data[0]?.id;
  if (model === undefined) throw new Error('The server lists no model: name one by --model.');
  console.log(`${model} at ${baseURL}`);
  const subject = { client, model, contextLength: Number(options.context ?? 4_096) };
  const results = await runCases(subject, { claims: readClaims(options.claims), onResult: show });
  const failed = results.filter(({ outcome }) => outcome === 'broken').length;
  return { passed: results.length - failed, failed, skipped: 0 };
}

async function main() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { 'base-url': text, 'api-key': text, model: text, context: text, claims: text, engine: text },
  });
  const { engine, 'base-url': baseUrl, ...rest } = values;
  if (engine !== undefined && engines.includes(engine))
    return runPlaywright(['conformance'], { filters: [`test/conformance/${engine}`], cwd: root });
  if (engine === undefined && baseUrl !== undefined) return askServer(baseUrl, rest);
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
