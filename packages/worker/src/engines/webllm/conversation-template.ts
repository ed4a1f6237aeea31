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
  const systemMessage = textOf(conversation.system_message) ?? '';
  const isWithoutSystem = systemMessage === '' && conversation.render_empty_system_message === false;
  const [beforeSystem, afterSystem] = around(textOf(conversation.system_template) ?? '', '{system_message}');
  const system = (message: string) => `{{ ${literal(beforeSystem)} + ${message} + ${literal(afterSystem)} }}`;
  const standard = isWithoutSystem ? '' : system(literal(systemMessage));
  const roles = fieldsOf(conversation.roles);
  const templates = fieldsOf(conversation.role_templates);
  const separators = listOf(conversation.seps, 'string');
  const contentSeparator = textOf(conversation.role_content_sep) ?? ': ';
  const written = (role: string, place: number) => {
    const template = (textOf(templates[role]) ?? `{${role}_message}`).replace('{function_string}', '');
    const [before, after] = around(template, `{${role}_message}`);
    const separator = separators.length === 0 ? '' : (separators[place % separators.length] ?? '');
    const name = literal((textOf(roles[role]) ?? '') + contentSeparator);
    const first = conversation.add_role_after_system_message === false ? `('' if loop.first else ${name})` : name;
    return `{{ ${place === 0 ? first : name} + ${literal(before)} + message.content + ${literal(after + separator)} }}`;
  };
  const answer = literal((textOf(roles.assistant) ?? '') + (textOf(conversation.role_empty_sep) ?? ': '));
  return [
    "{% if messages[0].role == 'system' %}",
    `{% set rest = messages[1:] %}${system('messages[0].content')}`,
    `{% else %}{% set rest = messages %}${standard}{% endif %}`,
    '{% for message in rest %}',
    `{% if message.role == 'assistant' %}${written('assistant', 1)}`,
    `{% elif message.role == 'system' %}{{ raise_exception('a system message in the middle') }}`,
    `{% else %}${written('user', 0)}{% endif %}`,
    `{% endfor %}{{ ${answer} }}`,
  ].join('');
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
