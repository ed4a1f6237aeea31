/** A place in a configuration: keys and list indexes from the root. */
export type ConfigPath = readonly (string | number)[];

/** A mistake in a configuration, where it stands. Lines and columns count from 1; absent where the file as a whole is at fault. */
export interface ConfigProblem {
  readonly file: string;
  readonly position: { readonly line: number; readonly column: number } | undefined;
  readonly path: ConfigPath;
  /** What is wrong, then what to do, as two sentences. Never holds a secret. */
  readonly message: string;
}

/** A mistake before anybody has looked up where it stands. `at` says whether the key or its value is at fault. */
export interface Finding {
  readonly path: ConfigPath;
  readonly at?: 'key' | 'value';
  readonly message: string;
}

/** One line: `file:line:column  path: what is wrong. what to do`. */
export function formatProblem({ file, position, path, message }: ConfigProblem): string {
  const where = position ? `${file}:${position.line}:${position.column}` : file;
  const what = formatPath(path);
  return what === '' ? `${where}  ${message}` : `${where}  ${what}: ${message}`;
}

/** `upstreams[0].zone` for `['upstreams', 0, 'zone']`. */
export function formatPath(path: ConfigPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
