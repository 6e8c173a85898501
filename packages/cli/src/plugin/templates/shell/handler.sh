#!/bin/sh
# The tools of sample-plugin: run as `handler.sh <tool>`, one JSON object on standard input.
set -eu

input=$(cat)

argument() {
  printf '%s' "$input" | jq -r --arg name "$1" '.arguments[$name] // ""'
}

refuse() {
  printf '%s\n' "$1"
  exit 3
}

greet() {
  name=$(argument name | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
  case $name in
    *[[:alpha:]]*) ;;
    *) refuse 'That is no name: it has no letter.' ;;
  esac
  jq -n --arg name "$name" '{status: "done", text: "Hello, \($name)!", data: {name: $name}}'
}

case ${1-} in
  sample_plugin_greet) greet ;;
  *) refuse "There is no tool ${1-}." ;;
esac
