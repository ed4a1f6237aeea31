/** A short template that shows tools, calls and results, with what a family begins and ends its messages by. */
function template({
  begin,
  end,
  call,
}: {
  begin: (role: string) => string;
  end: string;
  call: [string, string];
}): string {
  const [open, close] = call;
  const calls = `{% for call in message.tool_calls or [] %}${open}{{ call.function | tojson }}${close}{% endfor %}`;
  return [
    `{% if tools %}${begin('system')}{{ tools | tojson }} ${open}${close}${end}{% endif %}`,
    `{% for message in messages %}${begin('{{ message.role }}')}{{ message.content or '' }}${calls}${end}{% endfor %}`,
    `{% if add_generation_prompt %}${begin('assistant')}{% endif %}`,
  ].join('');
}

const tagged: [string, string] = ['<tool_call>', '</tool_call>'];

/** By what the families are known that write calls in different ways, each in a template short enough for a tiny model's context. */
export const toolTemplates = {
  hermes: template({ begin: (role) => `[${role}]`, end: '\n', call: tagged }),
  qwen: template({ begin: (role) => `<|im_start|>${role}\n`, end: '<|im_end|>\n', call: tagged }),
  llama: template({ begin: (role) => `<|start_header_id|>${role}\n`, end: '\n', call: ['<|python_tag|>', ''] }),
};
