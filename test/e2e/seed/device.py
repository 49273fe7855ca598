"""A device in the manner of the seed's example: paho and requests, online before it subscribes,
answers an IDF's CONNECT with an echo and floods bare integers from a thread of its own.
Usage: device.py <http url of the device> <mqtt port>
"""
import json
import random
import sys
import threading

import paho.mqtt.client as mqtt
import requests

url, port = sys.argv[1], int(sys.argv[2])
body = {
    'name': 'BetaCat',
    'idf_list': [['meow', ['dB']]],
    'odf_list': [['meow', ['dB']]],
    'accept_protos': ['mqtt'],
    'profile': {'model': 'AI'},
}
answer = requests.put(url, json=body)
assert answer.status_code == 200, answer.text
registration = answer.json()
uplink, downlink = registration['ctrl_chans']


def flood(client, topic):
    while True:
        published = client.publish(topic, int(random.random() * 100))
        try:
            published.wait_for_publish()
        except (RuntimeError, ValueError):
            return


def on_connect(client, userdata, flags, code):
    state = json.dumps({'state': 'online', 'rev': registration['rev']})
    client.publish(uplink, state, retain=True)
    client.subscribe(downlink)


def on_message(client, userdata, message):
    signal = json.loads(message.payload.decode())
    if signal['command'] == 'CONNECT' and signal.get('idf'):
        threading.Thread(target=flood, args=(client, signal['topic']), daemon=True).start()
        signal['state'] = 'ok'
        client.publish(uplink, json.dumps(signal))


client = mqtt.Client()
client.reconnect_delay_set(min_delay=1, max_delay=1)
client.on_connect = on_connect
client.on_message = on_message
client.connect('127.0.0.1', port=port)
client.loop_forever()
