import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AnswerPiece, toolCallParser } from './tool-call-parser.ts';
import { type ToolFormat, toolFormats } from './tool-format.ts';

interface Answer {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

function piecesOf(format: ToolFormat, parts: readonly string[]): readonly AnswerPiece[] {
  const ids = ['call_1', 'call_2', 'call_3', 'call_4', 'call_5'].values();
  const parser = toolCallParser(format, { newId: () => ids.next().value ?? 'call_6' });
  return [...parts.flatMap((part) => parser.push(part)), ...parser.end()];
}

function parse(format: ToolFormat, ...parts: readonly string[]): Answer {
  const calls: { id: string; name: string; arguments: string }[] = [];
  let text = '';
  for (const piece of piecesOf(format, parts)) {
    if (piece.type === 'text') text += piece.text;
    else if (piece.id !== undefined) {
      expect(piece.index).toBe(calls.length);
      calls.push({ id: piece.id, name: piece.name ?? '', arguments: piece.argumentsText });
    } else {
      const call = calls[piece.index];
      if (!call) throw new Error('The first piece of a call has its id.');
      call.arguments += piece.argumentsText;
    }
  }
  return { text, calls };
}

const written: Readonly<Record<ToolFormat, (name: string, json: string) => string>> = {
  hermes: (name, json) => `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${json}}\n</tool_call>`,
  qwen: (name, json) => `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${json}}\n</tool_call>`,
  'qwen-coder': (name, json) => `<tool_call>{"name": ${JSON.stringify(name)}, "arguments": ${json}}</tool_call>`,
  llama: (name, json) => `<|python_tag|>{"name": ${JSON.stringify(name)}, "parameters": ${json}}`,
};

const argumentsJson = '{"city": "Li\\"m}a", "days": [1, {"a": "]"}]}';

test.each(toolFormats)('the same call is told alike as %s writes it', (format) => {
  expect(parse(format, written[format]('weather', argumentsJson))).toEqual({
    text: '',
    calls: [{ id: 'call_1', name: 'weather', arguments: argumentsJson }],
  });
});

test.each(toolFormats)('text before a call is text, and several calls are told in order: %s', (format) => {
  const separator = format === 'llama' ? '; ' : '\n';
  const answer = `Let me see.\n\n${written[format]('a', '{}')}${separator}${written[format]('b', '{"x":1}')}\n`;
  expect(parse(format, answer)).toEqual({
    text: 'Let me see.',
    calls: [
      { id: 'call_1', name: 'a', arguments: '{}' },
      { id: 'call_2', name: 'b', arguments: '{"x":1}' },
    ],
  });
});

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ value }));
const plainText = fc.string({
  unit: fc.constantFrom('a', '<', '/', 't', '{', '"', '}', '\n', '<tool', '_call>', '<|python', '漢'),
  maxLength: 12,
});
const segment = fc.oneof(
  plainText.map((text) => ({ text })),
  fc.record({ name: fc.string({ minLength: 1, maxLength: 8 }), json }),
);
const segments = fc.array(segment, { maxLength: 5 });

/** Cuts a text at the given places, wherever they are. */
function cut(text: string, places: readonly number[]): readonly string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1))), text.length].sort((a, b) => a - b);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

test('however an answer is cut, it is told the same, and each piece says how far it reaches', () => {
  fc.assert(
    fc.property(fc.constantFrom(...toolFormats), segments, fc.array(fc.nat(400)), (format, list, places) => {
      const answer = list.map((item) => ('text' in item ? item.text : written[format](item.name, item.json))).join('');
      expect(parse(format, ...cut(answer, places))).toEqual(parse(format, answer));
      expect(parse(format, ...answer)).toEqual(parse(format, answer));
      const ends = piecesOf(format, cut(answer, places)).map(({ end }) => end);
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(ends.at(-1) ?? 0).toBeLessThanOrEqual(answer.length);
    }),
    { numRuns: 500 },
  );
});

test('every call that is well formed is found, whatever text is around it', () => {
  const quiet = fc.string({ unit: fc.constantFrom('a', ' b', '<', '</', '漢', '.'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      fc.constantFrom('hermes' as const, 'qwen' as const),
      fc.array(fc.tuple(quiet, json)),
      (format, list) => {
        const answer = list.map(([text, value]) => `${text}\n${written[format]('f', value)}\n`).join('');
        const { text, calls } = parse(format, answer);
        expect(calls.map((call) => call.arguments)).toEqual(list.map(([, value]) => value));
        expect(text.replaceAll(/\s/g, '')).toBe(list.map(([before]) => before.replaceAll(/\s/g, '')).join(''));
      },
    ),
  );
});

test('an answer without calls is told as it is', () => {
  const unit = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '<',
    '{"',
    '"name"',
    ': ',
    '}',
    '<tool_call>',
    '</tool_call>',
    '<|python_tag|>',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...toolFormats),
      fc.string({ unit, maxLength: 30 }),
      fc.array(fc.nat(99)),
      (format, answer, places) => {
        const told = parse(format, ...cut(answer, places));
        if (told.calls.length > 0) return;
        expect(told.text).toBe(answer);
      },
    ),
    { numRuns: 500 },
  );
});

test('the name is told before the arguments are there, and these as they come', () => {
  const parser = toolCallParser('hermes', { newId: () => 'call_1' });
  expect(parser.push('<tool_call>{"name": "f", "argu')).toEqual([]);
  expect(parser.push('ments": {"a"')).toEqual([
    { type: 'tool-call', index: 0, id: 'call_1', name: 'f', argumentsText: '{"a"', end: 42 },
  ]);
  expect(parser.push(': 1')).toEqual([{ type: 'tool-call', index: 0, argumentsText: ': 1', end: 45 }]);
  expect(parser.push('}}')).toEqual([{ type: 'tool-call', index: 0, argumentsText: '}', end: 47 }]);
  expect(parser.push('</tool_call>')).toEqual([]);
  expect(parser.end()).toEqual([]);
  expect(parser.calls).toBe(1);
});

test.each([
  ['no JSON', '<tool_call>weather(Lima)</tool_call>'],
  ['no name', '<tool_call>{"arguments": {}}</tool_call>'],
  ['a name that is none', '<tool_call>{"name": 5, "arguments": {}}</tool_call>'],
  ['a name twice', '<tool_call>{"name": "f", "name": "g"}</tool_call>'],
  ['arguments that are no object', '<tool_call>{"name": "f", "arguments": [1]}</tool_call>'],
  ['fields that calls don’t have', '<tool_call>{"name": "f", "mood": 1}</tool_call>'],
  ['quotes of another language', "<tool_call>{'name': 'f'}</tool_call>"],
  ['no end', '<tool_call>{"name": "f"'],
  ['nothing in it', '<tool_call></tool_call>'],
])('what looks like a call, but has %s, is text', (_, answer) => {
  expect(parse('hermes', answer)).toEqual({ text: answer, calls: [] });
  expect(parse('hermes', ...answer)).toEqual({ text: answer, calls: [] });
});

test('a call behind a malformed one is found', () => {
  expect(parse('hermes', `<tool_call>oops${written.hermes('f', '{}')}`)).toMatchObject({
    text: '<tool_call>oops',
    calls: [{ name: 'f' }],
  });
});

test('arguments that break off, or are wrong within, are told as they were written', () => {
  expect(parse('qwen', '<tool_call>{"name": "f", "arguments": {"a": 1').calls).toMatchObject([
    { arguments: '{"a": 1' },
  ]);
  expect(parse('qwen', '<tool_call>{"name": "f", "arguments": {a: \'x\'}}</tool_call>')).toMatchObject({
    text: '',
    calls: [{ arguments: "{a: 'x'}" }],
  });
  expect(parse('qwen', '<tool_call>{"name": "f", "arguments": {}, oops}')).toMatchObject({
    text: 'oops}',
    calls: [{ name: 'f' }],
  });
});

test.each([
  ['{"arguments": {"a": 1}, "name": "f"}', '{"a": 1}'],
  ['{"type": "function", "id": 7, "name": "f", "arguments": {}}', '{}'],
  ['{"name": "f"}', '{}'],
  ['{"name": "f", "arguments": "{\\"a\\": 1}"}', '{"a": 1}'],
])('%s is a call too', (call, expected) => {
  expect(parse('hermes', `<tool_call>${call}</tool_call>`)).toMatchObject({
    text: '',
    calls: [{ name: 'f', arguments: expected }],
  });
});

test('a closing tag that was forgotten is not missed', () => {
  const answer = '<tool_call>{"name": "a", "arguments": {}}\n<tool_call>{"name": "b", "arguments": {}}';
  expect(parse('hermes', answer)).toMatchObject({ text: '', calls: [{ name: 'a' }, { name: 'b' }] });
});

test('Llama calls without a mark, at the beginning of an answer', () => {
  const call = '{"name": "f", "parameters": {"a": 1}}';
  expect(parse('llama', `\n${call}; ${call}`)).toMatchObject({
    text: '',
    calls: [{ name: 'f' }, { arguments: '{"a": 1}' }],
  });
  expect(parse('llama', `So: ${call}`)).toEqual({ text: `So: ${call}`, calls: [] });
});

test.each(['{"name": "Ada", "age": 36}', '{"name": "Ada"}', '{"answer": 42}', '{}', '{ not json'])(
  'an answer in JSON that is no call is text: %s',
  (answer) => {
    expect(parse('llama', answer)).toEqual({ text: answer, calls: [] });
  },
);

const weather = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer' },
      where: { type: 'object' },
      note: { type: ['string', 'null'] },
    },
  },
};
const xml = (name: string, values: Readonly<Record<string, string>>) => {
  const parameters = Object.entries(values).map(([key, value]) => `<parameter=${key}>\n${value}\n</parameter>\n`);
  return `<tool_call>\n<function=${name}>\n${parameters.join('')}</function>\n</tool_call>`;
};

test('Qwen3-Coder calls in XML: values are what the parameters say, and else text', () => {
  const values = { city: '12', days: '3', where: '{"a": ["<b>"]}', note: 'null', more: '5' };
  const call = xml('weather', values);
  const told = { text: 'Let me see.', calls: [{ id: 'call_1', name: 'weather', arguments: expect.any(String) }] };
  for (const parts of [[call], [...call], cut(call, [3, 19, 30, 42, 77])]) {
    const ids = ['call_1'].values();
    const parser = toolCallParser('qwen-coder', { newId: () => ids.next().value ?? '', tools: [weather] });
    const pieces = ['Let me see.\n', ...parts].flatMap((part) => parser.push(part));
    const calls = [...pieces, ...parser.end()].filter((piece) => piece.type === 'tool-call');
    expect(calls[0]).toMatchObject({ id: told.calls[0]?.id, name: 'weather' });
    expect(JSON.parse(calls.map(({ argumentsText }) => argumentsText).join(''))).toEqual({
      city: '12',
      days: 3,
      where: { a: ['<b>'] },
      note: 'null',
      more: '5',
    });
    expect(parser).toMatchObject({ calls: 1, isBroken: false });
  }
});

test('text of several lines stays whole, a value that is not what it should be is text, and no values are no arguments', () => {
  const [first, second] = [xml('f', { code: 'a\n\n<p>b</p>\n' }), xml('g', {})];
  expect(parse('qwen-coder', `${first}\n${second}`)).toEqual({
    text: '',
    calls: [
      { id: 'call_1', name: 'f', arguments: JSON.stringify({ code: 'a\n\n<p>b</p>\n' }).replace(':', ': ') },
      { id: 'call_2', name: 'g', arguments: '{}' },
    ],
  });
  const parser = toolCallParser('qwen-coder', { tools: [weather] });
  const pieces = parser.push(xml('weather', { days: 'three' }));
  expect(pieces.map((piece) => (piece.type === 'tool-call' ? piece.argumentsText : '')).join('')).toBe(
    '{"days": "three"}',
  );
});

test('a call in XML that breaks off is told as far as it came, and what is none is text', () => {
  const parser = toolCallParser('qwen-coder', { tools: [weather] });
  parser.push('<tool_call>\n<function=weather>\n<parameter=city>\nLi');
  parser.end();
  expect(parser).toMatchObject({ calls: 1, isBroken: true });
  for (const answer of ['<tool_call>\n<funktion=a>', '<tool_call><function=', '<tool_call><function=>'])
    expect(parse('qwen-coder', ...answer)).toEqual({ text: answer, calls: [] });
});

test('ids differ, and look like OpenAI’s', () => {
  const parser = toolCallParser('hermes');
  const ids = parser
    .push(`${written.hermes('a', '{}')}${written.hermes('b', '{}')}`)
    .flatMap((piece) => (piece.type === 'tool-call' && piece.id !== undefined ? [piece.id] : []));
  expect(ids).toEqual([expect.stringMatching(/^call_[0-9a-f]{24}$/), expect.stringMatching(/^call_[0-9a-f]{24}$/)]);
  expect(new Set(ids).size).toBe(2);
});
