# Stands in for systemd: prints what comes to a unix datagram socket, one JSON text a message.
import json
import socket
import sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1].replace('@', '\0', 1))
print(json.dumps('listening'), flush=True)
while True:
    print(json.dumps(receiver.recv(65536).decode()), flush=True)
