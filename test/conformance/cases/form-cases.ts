import { ask, collect, firstChoice, stream, textOf, textOfChunks } from '../ask.ts';
import type { ConformanceCase } from '../case.ts';
import { equal, holds, refusal } from '../check.ts';

const schema = {
  type: 'object',
  properties: {
    place: { type: 'string', enum: ['sea', 'shore', 'river'] },
    deep: { type: 'boolean' },
  },
  required: ['place', 'deep'],
  additionalProperties: false,
};
const responseFormat = { type: 'json_schema' as const, json_schema: { name: 'place', schema, strict: true } };

function checkPlace(text: string): void {
  const value: unknown = JSON.parse(text);
  holds(typeof value === 'object' && value !== null && 'place' in value && 'deep' in value, `it is ${text}`);
  holds(['sea', 'shore', 'river'].includes(String(value.place)), `place is ${value.place}`);
  equal(typeof value.deep, 'boolean', 'the kind of `deep`');
  equal(Object.keys(value).length, 2, 'the number of keys');
}

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'look_up',
      description: 'Looks a place up.',
      parameters: {
        type: 'object',
        properties: { place: schema.properties.place },
        required: ['place'],
        additionalProperties: false,
      },
    },
  },
];
// Spelt out letter by letter, what frames a call takes 90 tokens.
const mustCall = { tools, tool_choice: { type: 'function' as const, function: { name: 'look_up' } }, max_tokens: 160 };
const both = ['go', 'look'].map((name) => ({ type: 'function' as const, function: { name } }));

function checkCall(name: string | undefined, argumentsText: string | undefined): void {
  equal(name, 'look_up', 'the tool');
  const given: unknown = JSON.parse(argumentsText ?? '');
  holds(typeof given === 'object' && given !== null && 'place' in given, `the arguments are ${argumentsText}`);
  holds(['sea', 'shore', 'river'].includes(String(given.place)), `place is ${given.place}`);
}

export const formCases: readonly ConformanceCase[] = [
  {
    name: 'an answer under a schema ends by itself, and is what the schema says, streamed or not',
    claim: 'json_schema',
    async run(subject) {
      const answer = await ask(subject, { response_format: responseFormat, max_tokens: 64 });
      equal(firstChoice(answer).finish_reason, 'stop', `the finish reason of ${textOf(answer)}`);
      checkPlace(textOf(answer));
      checkPlace(textOfChunks(await collect(stream(subject, { response_format: responseFormat, max_tokens: 64 }))));
    },
    unclaimed: (subject) => ask(subject, { response_format: responseFormat }),
  },
  {
    name: 'a schema holds at any temperature',
    claim: 'json_schema',
    async run(subject) {
      for (const seed of [1, 2]) {
        const answer = await ask(subject, { response_format: responseFormat, temperature: 1.5, seed, max_tokens: 96 });
        if (firstChoice(answer).finish_reason === 'stop') checkPlace(textOf(answer));
      }
    },
  },
  {
    name: 'what is no schema is refused with 400, and the next request is answered',
    claim: 'json_schema',
    async run(subject) {
      const wrong = { type: 'json_schema' as const, json_schema: { name: 'x', schema: { type: 'nonsense' } } };
      equal((await refusal(ask(subject, { response_format: wrong }))).status, 400, 'the status');
      holds((await ask(subject, { max_tokens: 2 })).choices.length === 1, 'the next request is not answered');
    },
  },
  {
    name: 'json_object gives JSON, as far as it came',
    claim: 'json_object',
    async run(subject) {
      const messages = [{ role: 'user' as const, content: 'Give me a JSON object about the sea.' }];
      const answer = await ask(subject, { messages, response_format: { type: 'json_object' }, max_tokens: 48 });
      const text = textOf(answer).trimStart();
      holds(text.startsWith('{'), `it begins with ${JSON.stringify(text.slice(0, 5))}`);
      if (firstChoice(answer).finish_reason === 'stop') JSON.parse(text);
    },
    unclaimed: (subject) => ask(subject, { response_format: { type: 'json_object' } }),
  },
  {
    name: 'tools may be offered, and a call with its result is taken into the conversation',
    claim: 'tools',
    async run(subject) {
      const offered = await ask(subject, { tools, max_tokens: 4 });
      holds(offered.choices.length === 1, 'there is no answer');
      const call = {
        id: 'call_1',
        type: 'function' as const,
        function: { name: 'look_up', arguments: '{"place":"sea"}' },
      };
      const answer = await ask(subject, {
        tools,
        max_tokens: 4,
        messages: [
          { role: 'user', content: 'Look it up.' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: call.id, content: '{"depth": 3}' },
        ],
      });
      const without = await ask(subject, { messages: [{ role: 'user', content: 'Look it up.' }], max_tokens: 4 });
      const [taken, plain] = [answer.usage?.prompt_tokens ?? 0, without.usage?.prompt_tokens ?? 0];
      holds(
        taken > plain + 10,
        `the prompt has ${taken} tokens, and ${plain} without the tools, the call and the result`,
      );
    },
    unclaimed: (subject) => ask(subject, { tools }),
  },
  {
    name: 'a tool that must be called is called, with arguments as its parameters say',
    claim: 'tool_choice',
    async run(subject) {
      const choice = firstChoice(await ask(subject, mustCall));
      holds(['tool_calls', 'stop'].includes(choice.finish_reason), `the finish reason is ${choice.finish_reason}`);
      const [call] = choice.message.tool_calls ?? [];
      holds(call?.type === 'function' && call.id !== '', 'there is no call of a function with an id');
      checkCall(call.function.name, call.function.arguments);
    },
    unclaimed: (subject) => ask(subject, mustCall),
  },
  {
    name: 'where some tool must be called, one of them is; where none may be, none is',
    claim: 'tool_choice',
    async run(subject) {
      const called = firstChoice(await ask(subject, { ...mustCall, tools: both, tool_choice: 'required' }));
      const [call] = called.message.tool_calls ?? [];
      holds(call?.type === 'function', 'there is no call');
      holds(['go', 'look'].includes(call.function.name), `it calls ${call.function.name}`);
      equal(JSON.parse(call.function.arguments), {}, 'the arguments');
      const silent = firstChoice(await ask(subject, { tools: both, tool_choice: 'none', max_tokens: 4 }));
      equal(silent.message.tool_calls ?? [], [], 'the calls');
    },
  },
  {
    name: 'a streamed call has its name once, and arguments in pieces that add up',
    claim: 'tool_choice',
    async run(subject) {
      const chunks = await collect(stream(subject, mustCall));
      const pieces = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []));
      const names = pieces.flatMap((piece) => piece.function?.name ?? []).filter((name) => name !== '');
      equal(names.length, 1, 'the number of names');
      const parts = pieces.filter((piece) => piece.function?.arguments);
      holds(parts.length > 1, `the arguments came in ${parts.length} pieces`);
      checkCall(names[0], pieces.map((piece) => piece.function?.arguments ?? '').join(''));
    },
  },
];
