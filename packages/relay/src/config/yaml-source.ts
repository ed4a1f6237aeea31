import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ConfigPath, ConfigProblem, Finding } from './problem.ts';

/** A parsed YAML text that still knows where everything stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Mistakes of YAML itself: broken syntax, a key that stands twice. */
  readonly problems: readonly ConfigProblem[];
  locate(finding: Finding): ConfigProblem;
}

/** Reads one YAML 1.2 document. Never throws: mistakes are problems. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const positionOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems = document.errors.map(({ code, message, pos }): ConfigProblem => {
    const isRepeated = code === 'DUPLICATE_KEY';
    const what = isRepeated
      ? 'a key stands twice in the same section. Remove one of the two.'
      : `is not valid YAML: ${lowerFirst(message.split('\n')[0] ?? '').replace(/[.:]$/, '')}. Correct it here or just before.`;
    return { file, position: positionOf(pos[0]), path: [], message: what };
  });
  const locate = ({ path, at, message }: Finding): ConfigProblem => ({
    file,
    position: positionOf(offsetOf(document.contents, path, at ?? 'value')),
    path,
    message,
  });
  if (problems.length > 0) return { value: undefined, problems, locate };
  try {
    return { value: document.toJS() ?? {}, problems, locate };
  } catch (cause) {
    // The library's word for an alias to nothing, and for aliases that multiply without end.
    if (!(cause instanceof ReferenceError)) throw cause;
    const message =
      'is not valid YAML: an alias (*name) has no anchor (&name) before it, or repeats too much. Write it out.';
    return { value: undefined, problems: [locate({ path: [], message })], locate };
  }
}

/** The offset of what stands at a path, or of the nearest section around it where it is missing. */
function offsetOf(root: unknown, path: ConfigPath, at: 'key' | 'value'): number {
  let node = root;
  let offset = startOf(root);
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part);
      if (!pair) return offset;
      const key = startOf(pair.key);
      offset = isLast && at === 'key' ? key : isScalar(pair.value) ? startOf(pair.value) : key;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      if (node === undefined) return offset;
      offset = startOf(node);
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
