#!/bin/sh
# The seed's graph script, with printf where the seed's echo is cut by dash.
# Usage: graph.sh <mqtt port>
DEVICE='df682f01-7c3a-49fd-8f5f-72ce0b6e68c0'
INT='f87d5c678bdd9e4b1b5f278c29cdf9a0fd01198060d8c6f3a34a6a05ae536e50'
SQUARE='70e3d32f1c6abde67d607e3ce77dc286ecf5d0f42fcd18e6336fac5e19a6e07c'
send() { mosquitto_pub -p "$1" -t 'iottalk/api/req/gui/graph/1' -l; }

printf '%s\n' '{"op": "attach"}' | send "$1"
printf '%s\n' '{"op":"add_funcs","codes":["def run(x): return int(x)\n","def run(x): return x ** 2\n"], "digests":["'$INT'", "'$SQUARE'"]}' | send "$1"
printf '%s\n' '{"op": "add_link", "da_id": "'$DEVICE'", "idf": "meow", "func": "'$INT'"}' | send "$1"
printf '%s\n' '{"op": "add_link", "da_id": "'$DEVICE'", "odf": "meow", "func": null}' | send "$1"
printf '%s\n' '{"op": "set_join", "prev": null, "new": "'$SQUARE'"}' | send "$1"
