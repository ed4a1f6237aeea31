export const usage = `orilla-relay: a relay between web apps and an organization's own model servers.

  orilla-relay serve --config FILE    Runs the relay until it is told to end (SIGTERM, ^C).
  orilla-relay check FILE             Checks a configuration and tells all mistakes. Exit code 0 if there are none.
  orilla-relay keys create [--name N] Makes an API key, and the line that lets it in.
  orilla-relay schema                 Prints the JSON Schema of the configuration, for editors.
  orilla-relay --help | --version

A configuration to begin with (relay.yaml):

  upstreams:
    - name: gpu
      kind: vllm                      # or openai: any server that speaks its API
      url: http://127.0.0.1:8000
      zone: on-premises               # whose machines: on-premises, own-cloud, dedicated-cloud, public
      models: [my-model]`;
