/** A part of the tests that can be run by its name, and the runners that have files for it. */
export const parts = {
  unit: ['vitest'],
  integration: ['vitest'],
  e2e: ['playwright'],
  conformance: ['vitest', 'playwright'],
  faults: ['playwright'],
  webgpu: ['playwright'],
  vllm: ['vitest', 'playwright'],
  container: ['vitest'],
} as const satisfies Record<string, readonly Runner[]>;

export type Runner = 'vitest' | 'playwright';
export type Part = keyof typeof parts;

/** What `npm test` runs; the others need something that a fresh machine does not have. */
const defaultParts: readonly Part[] = ['unit', 'integration', 'e2e', 'conformance', 'faults', 'webgpu'];

/** What a command line asks for: `[part] [filter…]`. */
export interface Selection {
  parts: readonly Part[];
  /** Of long suites a slice only: so it is where no part is named. */
  isSlice: boolean;
  filters: readonly string[];
}

/** A first word that names a part selects it; every other word filters by file name. */
export function selectParts(words: readonly string[]): Selection {
  const [first, ...rest] = words;
  return isPart(first)
    ? { parts: [first], isSlice: false, filters: rest }
    : { parts: defaultParts, isSlice: true, filters: words };
}

export function projectsOf(selected: readonly Part[], runner: Runner): Part[] {
  return selected.filter((part) => (parts[part] as readonly Runner[]).includes(runner));
}

function isPart(word: string | undefined): word is Part {
  return word !== undefined && Object.hasOwn(parts, word);
}
