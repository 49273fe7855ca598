#!/bin/sh
# A device with curl alone: registers over HTTP, sends a number each second, and prints what it receives.
#
#     sh device.sh                                   a server on this machine
#     SERVER=http://gateway.local:9992 TOKEN=… sh device.sh
#
# Draw a graph for it in another terminal: DEVICE=<the id it prints> GRAPH=http sh ../seed/graph.sh
set -eu
server=${SERVER:-http://localhost:9992}
id=${DEVICE:-$(cat /proc/sys/kernel/random/uuid)}
every=${EVERY:-1}

# The text of a key in a JSON object; enough for what iotctl sends. With jq it would be: jq -r .key
text_of() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

answer=$(curl -sS --max-time 10 -X PUT "$server/$id" -H 'Content-Type: application/json' \
  ${TOKEN:+-H "Authorization: Bearer $TOKEN"} -d '{
    "name": "CurlCat", "accept_protos": ["http"], "profile": {"model": "AI"},
    "idf_list": [["meow", ["dB"]]], "odf_list": [["meow", ["dB"]]]
  }')
up=$(echo "$answer" | text_of up)
down=$(echo "$answer" | text_of down)
login=$id:$(echo "$answer" | text_of password)
if [ -z "$up" ]; then
  echo "device.sh: the server refused to register: $answer" >&2
  exit 1
fi
echo "registered as CurlCat ($id)"

next=0
n=0
while true; do
  n=$(((n * 7 + 5) % 100))
  if curl -sS --max-time 10 -u "$login" "$up" -d "[\"meow\", [$n]]" | grep -q ignored; then
    echo "waiting for a graph"
  else
    echo "sent [$n]"
  fi
  # Answered as soon as there is something new, after five seconds at the latest.
  news=$(curl -sS --max-time 30 -u "$login" "$down?after=$next&wait=5")
  next=$(echo "$news" | sed -n 's/.*"next":\([0-9]*\).*/\1/p')
  if [ -z "$next" ]; then
    echo "device.sh: $news" >&2
    exit 1
  fi
  echo "$news" | sed -n 's/.*"data":{"meow":\(\[[^]]*\]\)}.*/received \1/p'
  sleep "$every"
done
