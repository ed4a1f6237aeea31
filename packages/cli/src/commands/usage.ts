export const usage = `orilla: makes and checks model packages.

  orilla pack SOURCE --to PLACE   Makes a package of a model.
  orilla verify PLACE             Reads a mirror to its last byte and tells everything that is wrong with it.
  orilla keys create [--out FILE] Makes a key that packages are signed with.
  orilla keys show FILE           Prints the public part of a key: what apps pin.
  orilla COMMAND --help | --version

Exit code 0 only when all holds; 1 when something failed or is faulty; 2 when the command line isn't understood; 130 when it was
told to end.`;

export const packUsage = `orilla pack SOURCE --to PLACE [options]

SOURCE
  PATH                        A .gguf file (all parts of a split one), an ONNX folder, an MLC folder.
  hf:OWNER/NAME@REVISION[/PATH]
                              A repository on a hub, or a file or folder of it. HF_TOKEN opens gated ones.
  webllm:MODEL_ID             A model of WebLLM's own catalogue (prebuiltAppConfig).

  --to FOLDER | s3://BUCKET/PREFIX
                              The mirror. The package becomes the folder ID in it.
  --id ID                     Its id. Default: from the source's name.
  --license SPDX              Its license. Default: what the file or the model card says.
  --context N                 Tokens of context. Default, and at most: what the model was made for.
  --engine llamacpp|onnx|webllm
                              Where the source has models for several.
  --file NAME                 The model file to take where the source has several; may be given again.
  --lib FILE|URL              The WebGPU library of an MLC model.
  --sign KEYFILE              Signs the manifest; see \`orilla keys create\`.
  --force                     Replaces a package of the same id.
  --hub URL                   The hub. Default: https://huggingface.co, for webllm: that of the catalogue.
  --webllm-config FILE        WebLLM's AppConfig as JSON, instead of the installed library's.
  --s3-endpoint URL           An S3 server that isn't AWS. Credentials: as with every tool of AWS.
  --json                      Prints the catalog entry and nothing else.

A run that was cut off goes on where it was when it is started again.`;

export const verifyUsage = `orilla verify FOLDER | s3://BUCKET/PREFIX | http(s)://MIRROR [options]

  --id ID            A package to check; may be given again. Default: all, where the mirror tells what it has.
  --key PUBLIC       A trusted public key, 32 bytes in base64; may be given again. Every manifest has to be signed by one.
  --s3-endpoint URL  An S3 server that isn't AWS.
  --json             Prints {packages, faults} as JSON.`;

export const keysUsage = `orilla keys create [--out FILE]   Makes an Ed25519 key (default: orilla-key.pem, mode 0600) and prints its public part.
orilla keys show FILE             Prints the public part of a key.

  --json   Prints {publicKey, keyId} as JSON.`;
