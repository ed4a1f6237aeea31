import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ratesMarkdown } from '../report/engine-rate.ts';
import type { Report } from '../report/report.ts';
import { reportMarkdown } from '../report/report-markdown.ts';
import { replaceTable } from './replace-table.ts';

// node bench/tables/main.ts FILE… : draws the tables of docs/benchmarks.md from what `npm run bench -- … --json FILE` wrote.
const path = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md');
let document = await readFile(path, 'utf8');
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(await readFile(file, 'utf8')) as Report; // written by the bench itself
  document = replaceTable(document, report.bench, reportMarkdown(report));
  if (report.engines) document = replaceTable(document, 'engines', ratesMarkdown(report.engines));
}
await writeFile(path, document);
