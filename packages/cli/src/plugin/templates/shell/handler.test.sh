#!/bin/sh
# Tests of the tools: sh handler.test.sh.
set -eu
cd "$(dirname "$0")"

call() {
  printf '{"tool": "%s", "arguments": %s, "context": {}}' "$1" "$2" | sh ./handler.sh "$1"
}

expect() {
  if [ "$2" != "$3" ]; then
    printf 'not ok: %s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
    exit 1
  fi
  printf 'ok: %s\n' "$1"
}

text=$(call sample_plugin_greet '{"name": " Ada "}' | jq -r .text)
expect 'a person is greeted by name' 'Hello, Ada!' "$text"

code=0
call sample_plugin_greet '{"name": "!"}' > /dev/null || code=$?
expect 'what has no letter is no name' 3 "$code"
