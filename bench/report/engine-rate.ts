import type { Backend, EngineName } from '@orilla/contract';
import { figureText } from './figure-text.ts';

/** How fast an engine is on an adapter with a model: medians, in tokens per second. */
export interface EngineRate {
  readonly adapter: string;
  readonly backend: Backend;
  readonly engine: EngineName;
  readonly model: string;
  readonly threads: number;
  readonly prefill: number;
  readonly decode: number;
}

/** The engines beside each other, on each adapter, as a table. */
export function ratesMarkdown(rates: readonly EngineRate[]): string {
  return [
    '| adapter | engine | backend | model | prefill | decode |',
    '|---|---|---|---|---|---|',
    ...rates.map((rate) => `| ${cells(rate).join(' | ')} |`),
    '',
    'Tokens per second.',
  ].join('\n');
}

/** The same for a terminal. */
export function ratesText(rates: readonly EngineRate[]): string {
  return rates.map((rate) => cells(rate).join(' · ')).join('\n');
}

function cells({ adapter, engine, backend, threads, model, prefill, decode }: EngineRate): readonly string[] {
  const how = backend === 'wasm' ? `wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'}` : backend;
  return [adapter, `\`${engine}\``, how, model, figureText(prefill), figureText(decode)];
}
