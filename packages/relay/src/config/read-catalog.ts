import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Catalog, isOrillaError, parseCatalog } from '@orilla/contract';
import type { RuleContext } from './rules/rule.ts';

/** The catalog that apps are given, or why it could not be had. */
export type CatalogResult = { readonly catalog: Catalog } | { readonly problem: string };

/** Reads a catalog file, JSON in the form of docs/catalog.md. A relative path starts at the configuration's folder. */
export async function readCatalog(file: string, { folder, signal }: RuleContext): Promise<CatalogResult> {
  try {
    return { catalog: parseCatalog(JSON.parse(await readFile(resolve(folder, file), { encoding: 'utf8', signal }))) };
  } catch (error) {
    signal?.throwIfAborted();
    if (isOrillaError(error)) return { problem: `${error.message} ${error.advice ?? ''}`.trim() };
    if (error instanceof SyntaxError) return { problem: 'this file is not JSON. Mend it.' };
    return { problem: "this file cannot be read. Check the path; a relative one starts at this file's folder." };
  }
}
