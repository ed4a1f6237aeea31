import { type Capabilities, type Catalog, createOrilla, type Receipt } from '@orilla/core';
import OpenAI from 'openai';
import type { Claim } from '../case.ts';
import { askJson, type JsonAnswer } from '../json/ask-json.ts';
import type { Schema } from '../json/bounded-schemas.ts';
import { type CaseResult, runCases } from '../run-cases.ts';

export interface PageRun {
  readonly catalog: Catalog;
  readonly model: string;
  readonly contextLength: number;
  readonly embeddingModel?: string;
  /** Models of other families, which have to call tools alike. */
  readonly toolModels: readonly string[];
  readonly claims: readonly Claim[];
  /** Each of them is asked for one answer. */
  readonly schemas: readonly Schema[];
}

export interface PageReport {
  readonly results: readonly CaseResult[];
  readonly json: readonly JsonAnswer[];
  /** Engine and backend that an answer's own receipt names. */
  readonly part: Receipt['parts'][number] | null;
  /** What the app is told that the engine can do. */
  readonly features: Capabilities['engines'][number]['features'];
}

const conformance = {
  /** Runs the suite in this page, on its own device: there is no relay. */
  async run({
    catalog,
    model,
    contextLength,
    embeddingModel,
    toolModels,
    claims,
    schemas,
  }: PageRun): Promise<PageReport> {
    const orilla = createOrilla({ catalog });
    const client = new OpenAI({
      baseURL: 'https://orilla.invalid/v1',
      apiKey: 'none',
      maxRetries: 0,
      dangerouslyAllowBrowser: true,
      fetch: orilla.fetch,
    });
    await orilla.models.prepare(model);
    const subject = { client, model, contextLength, ...(embeddingModel !== undefined && { embeddingModel }) };
    const onResult = (result: CaseResult) => console.info(JSON.stringify(result));
    const results = [...(await runCases(subject, { claims, onResult }))];
    const json = await askJson(subject, schemas, { onProgress: (line) => console.info(line) });
    const messages = [{ role: 'user' as const, content: 'Hello.' }];
    const last = await orilla.chat.completions.create({ model, messages, max_tokens: 1 });
    const part = last.orilla?.receipt.parts[0] ?? null;
    const can = await orilla.capabilities();
    const engine = can?.engines.find(({ name }) => part?.place === 'device' && name === part.engine);
    const report = { results, json, part, features: engine?.features ?? [] };
    for (const other of toolModels) {
      await orilla.models.prepare(other);
      const about = ['tools', 'tool_choice'] as const;
      results.push(...(await runCases({ ...subject, model: other }, { claims, about, onResult })));
    }
    orilla.close();
    return report;
  },
};

declare global {
  interface Window {
    conformance: typeof conformance;
  }
}

window.conformance = conformance;
