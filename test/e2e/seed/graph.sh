#!/bin/sh
# The seed's graph script, with printf where the seed's echo is cut by dash. It waits for each answer, prints what was
# refused and ends with 1 then.
# Usage: graph.sh <mqtt port>
DEVICE='df682f01-7c3a-49fd-8f5f-72ce0b6e68c0'
INT='f87d5c678bdd9e4b1b5f278c29cdf9a0fd01198060d8c6f3a34a6a05ae536e50'
SQUARE='70e3d32f1c6abde67d607e3ce77dc286ecf5d0f42fcd18e6336fac5e19a6e07c'
PORT=${1:?name the MQTT port, such as 1883}
failed=0

ask() {
	answer=$(mosquitto_rr -V 311 -p "$PORT" -W 20 -t iottalk/api/req/gui/graph/1 -e iottalk/api/res/gui/graph/1 -m "$1") ||
		answer="no answer on port $PORT: does the server run there?"
	case $answer in
	*'"state":"ok"'*) ;;
	*)
		printf '%s\n' "refused: $1" "      is $answer" >&2
		failed=1
		;;
	esac
}

ask '{"op": "attach"}'
ask '{"op":"add_funcs","codes":["def run(x): return int(x)\n","def run(x): return x ** 2\n"], "digests":["'$INT'", "'$SQUARE'"]}'
ask '{"op": "add_link", "da_id": "'$DEVICE'", "idf": "meow", "func": "'$INT'"}'
ask '{"op": "add_link", "da_id": "'$DEVICE'", "odf": "meow", "func": null}'
ask '{"op": "set_join", "prev": null, "new": "'$SQUARE'"}'
exit $failed
