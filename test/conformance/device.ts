import { join } from 'node:path';
import type { Catalog, DevicePackage } from '@orilla/core';
import type { BrowserContext } from '@playwright/test';
import { type Content, startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import { servePage } from '../fixtures/worker-page/serve-page.ts';
import type { Claim } from './case.ts';
import { schemasFor } from './json/json-run.ts';
import { type JsonVerdict, judgeJson, verdictLines } from './json/judge-json.ts';
import type { PageReport } from './page/page.ts';

interface ServedPackages {
  readonly chat: DevicePackage;
  readonly embedding?: DevicePackage;
  /** Models of other families, which have to call tools alike. */
  readonly families?: readonly DevicePackage[];
}

export interface DeviceRun {
  /** What the mirror serves, by path. */
  readonly served: Readonly<Record<string, Content>>;
  /** The packages, with the mirror at this address. */
  readonly packages: (mirrorUrl: string) => ServedPackages;
  readonly claims: readonly Claim[];
}

export interface DeviceReport extends Omit<PageReport, 'json'> {
  readonly json: JsonVerdict;
}

/** Runs the suite in a page of a real Chromium, against the engine of a package. */
export async function conformDevice(context: BrowserContext, run: DeviceRun): Promise<DeviceReport> {
  await using mirror = await startMirrorServer({ files: run.served });
  await using server = await servePage({ isolated: true, root: join(import.meta.dirname, 'page') });
  const { chat, embedding, families = [] } = run.packages(mirror.url);
  const catalog: Catalog = {
    models: {
      chat: { title: 'Chat', device: [chat] },
      ...Object.fromEntries(families.map((pkg) => [pkg.id, { title: pkg.id, device: [pkg] }])),
      ...(embedding && { embedding: { title: 'Embedding', device: [embedding] } }),
    },
  };
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'info') console.log(message.text());
  });
  await page.goto(server.url);
  await page.waitForFunction(() => 'conformance' in window);
  const given = {
    catalog,
    model: 'chat',
    contextLength: chat.contextLength,
    toolModels: families.map(({ id }) => id),
    claims: run.claims,
    schemas: schemasFor(run.claims),
    ...(embedding && { embeddingModel: 'embedding' }),
  };
  const report = await page.evaluate((how) => window.conformance.run(how), given);
  await page.close();
  const json = judgeJson(report.json);
  for (const line of verdictLines(json)) console.log(line);
  return { ...report, json };
}
