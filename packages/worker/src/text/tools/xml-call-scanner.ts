import { CallScanner, type Step } from './call-scanner.ts';

/** The JSON schemas of a tool's parameters, by name. */
export type ParameterSchemas = Readonly<Record<string, unknown>>;

const marks = { function: '<function=', parameter: '<parameter=', end: '</function>', valueEnd: '</parameter>' };

/**
 * Reads a call as Qwen3-Coder writes it, unit by unit: `<function=name><parameter=key>value</parameter>…</function>`. What comes of it is JSON:
 * a value is a text, unless the tool's parameters say that it is something else, and it is that. A call in JSON is read as such.
 */
export class XmlCallScanner {
  name: string | null = null;
  isWhole = false;
  readonly #parametersOf: (name: string) => ParameterSchemas;
  #json: CallScanner | null = null;
  #state: 'open' | 'name' | 'between' | 'key' | 'value' = 'open';
  #text = '';
  #key = '';
  #isFirst = true;
  #arguments = '';

  constructor({ parametersOf }: { readonly parametersOf: (name: string) => ParameterSchemas }) {
    this.#parametersOf = parametersOf;
  }

  get hasBegun(): boolean {
    return this.#json?.hasBegun ?? this.name !== null;
  }

  takeArguments(): string {
    const text = this.#json?.takeArguments() ?? this.#arguments;
    this.#arguments = '';
    return text;
  }

  push(char: string): Step {
    if (this.#json) return this.#pushJson(this.#json, char);
    const isAtStart = this.#text === '' && (this.#state === 'open' || this.#state === 'between');
    if (isAtStart && /\s/.test(char)) return 'more';
    if (isAtStart && this.#state === 'open' && char === '{') {
      this.#json = new CallScanner({ demandsArguments: false });
      return this.#pushJson(this.#json, char);
    }
    const text = this.#text + char;
    if (this.#state === 'open' && !marks.function.startsWith(text)) return 'malformed';
    if (this.#state === 'between' && !marks.parameter.startsWith(text) && !marks.end.startsWith(text))
      return 'malformed';
    this.#text = text;
    return this.#advance();
  }

  #pushJson(json: CallScanner, char: string): Step {
    const step = json.push(char);
    this.name = json.name;
    this.isWhole = json.isWhole;
    return step;
  }

  #advance(): Step {
    const text = this.#text;
    if (this.#state === 'open') return text === marks.function ? this.#go('name') : 'more';
    if (this.#state === 'between') {
      if (text === marks.parameter) return this.#go('key');
      return text === marks.end ? this.#end() : 'more';
    }
    if (this.#state === 'value') return text.endsWith(marks.valueEnd) ? this.#valueDone() : 'more';
    if (!text.endsWith('>')) return 'more';
    if (this.#state === 'key') {
      this.#key = text.slice(0, -1);
      return this.#go('value');
    }
    if (text === '>') return 'malformed';
    this.name = text.slice(0, -1);
    this.#arguments = '{';
    return this.#go('between');
  }

  #go(state: 'name' | 'between' | 'key' | 'value'): Step {
    this.#state = state;
    this.#text = '';
    return 'more';
  }

  #valueDone(): Step {
    const written = this.#text.slice(0, -marks.valueEnd.length).replace(/^\n/, '').replace(/\n$/, '');
    const separator = this.#isFirst ? '' : ', ';
    this.#isFirst = false;
    this.#arguments += `${separator}${JSON.stringify(this.#key)}: ${this.#valueOf(written)}`;
    return this.#go('between');
  }

  #end(): Step {
    this.#arguments += '}';
    this.isWhole = true;
    return 'done';
  }

  #valueOf(written: string): string {
    const parameters = this.#parametersOf(this.name ?? '');
    const schema = Object.hasOwn(parameters, this.#key) ? parameters[this.#key] : undefined;
    return mayBeText(schema) || !isJson(written) ? JSON.stringify(written) : written.trim();
  }
}

function mayBeText(schema: unknown): boolean {
  const type = typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'type') : undefined;
  return type === undefined || [type].flat().includes('string');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
