/** What the name of a tool, and the arguments for it, are called: `parameters` by Llama, `arguments` by everybody else. */
const argumentKeys = ['arguments', 'parameters'];
/** What models write beside them, and nobody needs. */
const ignoredKeys = ['type', 'id'];

type State = 'start' | 'key' | 'key-text' | 'colon' | 'value' | 'value-text' | 'comma';
export type Step = 'more' | 'done' | 'malformed';

const isSpace = (char: string) => char === ' ' || char === '\n' || char === '\r' || char === '\t';

/**
 * Reads a call as a JSON object, unit by unit: `{"name": …, "arguments": {…}}`. The arguments are passed on as the model wrote them, and
 * as they come: what is wrong within them is for whoever called for them to see.
 */
export class CallScanner {
  /** `null` until it is known. */
  name: string | null = null;
  readonly #demandsArguments: boolean;
  #state: State = 'start';
  #key = '';
  #value = '';
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #arguments: string | null = null;
  #taken = 0;

  constructor({ demandsArguments }: { readonly demandsArguments: boolean }) {
    this.#demandsArguments = demandsArguments;
  }

  /** It is a call, and can be told: its name is known, and its arguments have begun. */
  get hasBegun(): boolean {
    return this.name !== null && this.#arguments !== null;
  }

  /** Its arguments have come to their end. */
  get isWhole(): boolean {
    const isInArguments = this.#state === 'value-text' && argumentKeys.includes(this.#key);
    return this.hasBegun && !isInArguments;
  }

  /** What came of the arguments since it was asked last. */
  takeArguments(): string {
    const text = (this.#arguments ?? '').slice(this.#taken);
    this.#taken += text.length;
    return text;
  }

  /** A unit that makes it `malformed` is not taken; neither is any after `done`. */
  push(char: string): Step {
    switch (this.#state) {
      case 'key-text':
        return this.#text(char, () => this.#keyDone());
      case 'value-text':
        return this.#valueText(char);
      case 'value':
        return isSpace(char) ? 'more' : this.#valueStart(char);
      default:
        return isSpace(char) ? 'more' : this.#mark(char);
    }
  }

  #mark(char: string): Step {
    if (this.#state === 'start' && char === '{') return this.#go('key');
    if (this.#state === 'colon' && char === ':') return this.#go('value');
    if (this.#state === 'comma' && char === ',') return this.#go('key');
    if (this.#state === 'key' && char === '"') return this.#begin(char, 'key-text');
    if ((this.#state === 'comma' || this.#state === 'key') && char === '}') return this.#objectDone();
    return 'malformed';
  }

  #go(state: State): Step {
    this.#state = state;
    return 'more';
  }

  #begin(char: string, state: State): Step {
    this.#value = char;
    this.#isString = char === '"';
    this.#isEscaped = false;
    return this.#go(state);
  }

  /** Goes on in a string, and ends with it. */
  #text(char: string, done: () => Step): Step {
    this.#value += char;
    if (this.#isEscaped) this.#isEscaped = false;
    else if (char === '\\') this.#isEscaped = true;
    else if (char === '"') return done();
    return 'more';
  }

  #keyDone(): Step {
    const key = stringOf(this.#value);
    const isTwice = key === 'name' ? this.name !== null : argumentKeys.includes(key ?? '') && this.#arguments !== null;
    if (key === null || isTwice || !['name', ...argumentKeys, ...ignoredKeys].includes(key)) return 'malformed';
    this.#key = key;
    return this.#go('colon');
  }

  #valueStart(char: string): Step {
    const isArguments = argumentKeys.includes(this.#key);
    if (isArguments && char === '{') this.#arguments = char;
    else if (char !== '"' && (isArguments || this.#key === 'name')) return 'malformed';
    this.#depth = char === '{' || char === '[' ? 1 : 0;
    return this.#begin(char, 'value-text');
  }

  #valueText(char: string): Step {
    if (this.#depth > 0) return this.#nested(char);
    if (this.#isString) return this.#text(char, () => this.#stringDone());
    // A number or a word, which ends before what is behind it.
    if (char !== ',' && char !== '}' && !isSpace(char)) return 'more';
    this.#state = 'comma';
    return this.push(char);
  }

  #nested(char: string): Step {
    if (argumentKeys.includes(this.#key)) this.#arguments += char;
    if (this.#isString) {
      return this.#text(char, () => {
        this.#isString = false;
        return 'more';
      });
    }
    if (char === '"') this.#isString = true;
    else if (char === '{' || char === '[') this.#depth += 1;
    else if (char === '}' || char === ']') this.#depth -= 1;
    return this.#depth === 0 ? this.#go('comma') : 'more';
  }

  #stringDone(): Step {
    const text = stringOf(this.#value);
    if (this.#key === 'name') {
      if (!text) return 'malformed';
      this.name = text;
    } else if (argumentKeys.includes(this.#key)) {
      // Some write the arguments as a text that holds JSON.
      if (!text?.startsWith('{')) return 'malformed';
      this.#arguments = text;
    }
    return this.#go('comma');
  }

  #objectDone(): Step {
    if (this.name === null || (this.#demandsArguments && this.#arguments === null)) return 'malformed';
    this.#arguments ??= '{}';
    return 'done';
  }
}

function stringOf(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    return null;
  }
}
