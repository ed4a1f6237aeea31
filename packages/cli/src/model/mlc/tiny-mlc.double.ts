/** The files of an MLC folder, as small as they can be. For tests. */
export function tinyMlc(change: Readonly<Record<string, string>> = {}): Record<string, string> {
  const config = {
    model_type: 'llama',
    quantization: 'q4f16_1',
    model_config: {
      hidden_size: 64,
      intermediate_size: 128,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 16,
      prefill_chunk_size: 64,
    },
    context_window_size: 512,
    tokenizer_files: ['tokenizer.json', 'vocab.txt'],
  };
  const records = [
    { dataPath: 'params_shard_0.bin', format: 'raw-shard', nbytes: 7, records: [] },
    { dataPath: 'params_shard_1.bin', format: 'raw-shard', nbytes: 4, records: [] },
  ];
  return {
    'mlc-chat-config.json': JSON.stringify(config),
    'tensor-cache.json': JSON.stringify({ metadata: { ParamBytes: 11 }, records }),
    'params_shard_0.bin': 'weights',
    'params_shard_1.bin': 'more',
    'tokenizer.json': '{}',
    'tokenizer_config.json': JSON.stringify({ chat_template: '{{ messages }}' }),
    'vocab.txt': 'a',
    'README.md': 'not for the package',
    ...change,
  };
}
