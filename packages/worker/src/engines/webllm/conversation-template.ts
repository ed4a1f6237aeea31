/** What of an MLC model's `conv_template` its prompts are made of, and what ends its answers. */
export interface Conversation {
  /** A chat template in Jinja that writes prompts as WebLLM itself writes them. */
  readonly chatTemplate: string;
  /** Tokens before the first message. */
  readonly prefixTokenIds: readonly number[];
  readonly stopTokenIds: readonly number[];
  readonly stopTexts: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads `conv_template` of `mlc-chat-config.json`, and `conv_config`, which goes before it. */
export function conversationOf(config: Fields): Conversation {
  const conversation = { ...fieldsOf(config.conv_template), ...fieldsOf(config.conv_config) };
  return {
    chatTemplate: jinjaOf(conversation),
    prefixTokenIds: listOf(conversation.system_prefix_token_ids, 'number'),
    stopTokenIds: listOf(conversation.stop_token_ids, 'number'),
    stopTexts: listOf(conversation.stop_str, 'string').filter((text) => text !== ''),
  };
}

/** Texts in it are Jinja's own literals, so that nothing of them is read as a template. */
function jinjaOf(conversation: Fields): string {
  const system = (message: string) => systemPrompt(conversation, message);
  const roles = fieldsOf(conversation.roles);
  const templates = fieldsOf(conversation.role_templates);
  const separators = listOf(conversation.seps, 'string');
  const contentSeparator = textOf(conversation.role_content_sep) ?? ': ';
  const isRoleLeftOut = conversation.add_role_after_system_message === false;
  const written = (role: 'user' | 'assistant', content: string) => {
    const [before, after] = around(
      withoutFunctions(textOf(templates[role]) ?? `{${role}_message}`),
      `{${role}_message}`,
    );
    const name = literal((textOf(roles[role]) ?? '') + contentSeparator);
    const shown = isRoleLeftOut ? `('' if loop.first and system != '' else ${name})` : name;
    // They take turns, whoever speaks.
    const separator = separators.length === 0 ? literal('') : `separators[loop.index0 % ${separators.length}]`;
    return `{{ ${shown} + ${literal(before)} + ${content} + ${literal(after)} + ${separator} }}`;
  };
  // What a model thought before it answered, it is not told again.
  const answer =
    conversation.strip_reasoning_in_history === true
      ? "message.content.split('</think>')[-1].lstrip()"
      : 'message.content';
  const begun = literal((textOf(roles.assistant) ?? '') + (textOf(conversation.role_empty_sep) ?? ': '));
  return [
    `{% set separators = [${separators.map(literal).join(', ')}] %}`,
    `{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% set system = ${system('messages[0].content')} %}`,
    `{% else %}{% set rest = messages %}{% set system = ${system(literal(textOf(conversation.system_message) ?? ''))} %}{% endif %}`,
    '{{ system }}{% for message in rest %}',
    `{% if message.role == 'assistant' %}${written('assistant', answer)}`,
    `{% elif message.role == 'system' %}{{ raise_exception('a system message in the middle') }}`,
    `{% else %}${written('user', 'message.content')}{% endif %}`,
    `{% endfor %}{{ ${begun} }}`,
  ].join('');
}

/** What stands before the first message, as an expression; `message` is one too. */
function systemPrompt(conversation: Fields, message: string): string {
  const [before, after] = around(withoutFunctions(textOf(conversation.system_template) ?? ''), '{system_message}');
  const whole = `${literal(before)} + ${message} + ${literal(after)}`;
  return conversation.render_empty_system_message === false ? `('' if ${message} == '' else ${whole})` : whole;
}

/** Tools are written into the messages themselves. */
function withoutFunctions(template: string): string {
  return template.replace('{function_string}', '');
}

function around(template: string, mark: string): readonly [string, string] {
  const at = template.indexOf(mark);
  return at === -1 ? [template, ''] : [template.slice(0, at), template.slice(at + mark.length)];
}

function literal(text: string): string {
  return JSON.stringify(text);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: unknown, type: 'number'): readonly number[];
function listOf(value: unknown, type: 'string'): readonly string[];
function listOf(value: unknown, type: 'number' | 'string'): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === type);
}
