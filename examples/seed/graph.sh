#!/bin/sh
# Draws the example graph: what the device sends is converted to an integer, squared, and returned to the device.
#
# Needs mosquitto's clients:  sudo apt install mosquitto-clients
#
#     sh graph.sh                                   a server on this machine
#     sh graph.sh -h gateway.local -u admin -P PASSWORD
#     sh graph.sh -h gateway.local -u admin -P PASSWORD --cafile ca.pem
#     sh graph.sh remove ...                        removes it again
#
# Further arguments are passed to mosquitto_rr (see its man page). DEVICE is the UUID of the device, GRAPH a name.
# Prints each reply. Ends with exit code 1 if one is an error or missing; what an earlier run has drawn already is not
# an error: run it again if it was interrupted.
DEVICE=${DEVICE:-df682f01-7c3a-49fd-8f5f-72ce0b6e68c0}
GRAPH=${GRAPH:-1}

# The name of a function is the SHA-256 of its source, including the line end.
INT='def run(x): return int(x)'
SQUARE='def run(x): return x ** 2'
digest() { printf '%s\n' "$1" | sha256sum | cut -d' ' -f1; }

command -v mosquitto_rr >/dev/null || {
	echo 'graph.sh: mosquitto_rr is missing: sudo apt install mosquitto-clients' >&2
	exit 1
}

# ask REQUEST MOSQUITTO-OPTIONS...: prints the reply. The first function waits until the server has started Python.
ask() {
	request=$1
	shift
	reply=$(mosquitto_rr -V mqttv311 -q 2 -W 60 "$@" \
		-t "iottalk/api/req/gui/graph/$GRAPH" -e "iottalk/api/res/gui/graph/$GRAPH" -m "$request") || {
		echo "graph.sh: no reply to $request (is the server running? is the login right?)" >&2
		exit 1
	}
	printf '%s\n' "$reply"
	case $reply in
	*'"state":"ok"'*) ;;
	*'"reason":"link already exists"'*) ;;
	*)
		echo "graph.sh: the server refused $request" >&2
		exit 1
		;;
	esac
}

if [ "$1" = remove ]; then
	shift
	ask '{"op":"detach"}' "$@"
	exit 0
fi

ask '{"op":"attach"}' "$@"
ask '{"op":"add_funcs","codes":["'"$INT"'\n","'"$SQUARE"'\n"],"digests":["'"$(digest "$INT")"'","'"$(digest "$SQUARE")"'"]}' "$@"
ask '{"op":"add_link","da_id":"'"$DEVICE"'","idf":"meow","func":"'"$(digest "$INT")"'"}' "$@"
ask '{"op":"add_link","da_id":"'"$DEVICE"'","odf":"meow","func":null}' "$@"
ask '{"op":"set_join","new":"'"$(digest "$SQUARE")"'"}' "$@"
