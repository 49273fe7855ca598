"""A device in the manner of the IoTtalk Python SDK (csm.md 3.1 to 3.3): subscribes the downlink at
QoS 2 before it says online (retained, QoS 2), has a retained will, answers every signal, publishes
arrays, keeps its features over a reconnect, raises on signals it does not expect, and on leaving
says offline and deregisters.
Usage: python_sdk.py <http url> <device id>
Prints one JSON object per event; reads commands from standard input: push N, reconnect, quit.
"""
import json
import socket
import sys

import paho.mqtt.client as mqtt
import requests

server, device = sys.argv[1], sys.argv[2]


def say(event, **more):
    print(json.dumps({'event': event, **more}), flush=True)


answer = requests.put(f'{server}/{device}', json={
    'name': 'Dummy',
    'accept_protos': ['mqtt'],
    'idf_list': [['Dummy_Sensor', [None]]],
    'odf_list': [['Dummy_Control', [None]]],
    'profile': {'model': 'Dummy_Device', 'u_name': None, 'is_sim': False},
}).json()
assert answer['state'] == 'ok', answer
rev, url = answer['rev'], answer['url']
uplink, downlink = answer['ctrl_chans']
topics = {}
session = {'connected_before': False, 'online': False}


def presence(state):
    return json.dumps({'state': state, 'rev': rev})


def on_connect(client, userdata, flags, code):
    if session['connected_before']:
        client.publish(uplink, presence('offline'), qos=2, retain=True)
        for mode_feature, topic in topics.items():
            if mode_feature.startswith('odf'):
                client.subscribe(topic, qos=0)
    session['connected_before'] = True
    client.subscribe(downlink, qos=2)


def on_subscribe(client, userdata, mid, granted):
    if not session['online']:
        session['online'] = True
        client.publish(uplink, presence('online'), qos=2, retain=True)
        say('online', url=url)


def on_message(client, userdata, message):
    if message.topic != downlink:
        values = json.loads(message.payload.decode())
        assert isinstance(values, list), values
        say('data', values=values)
        return
    signal = json.loads(message.payload.decode())
    mode = 'idf' if 'idf' in signal else 'odf'
    key = f"{mode} {signal[mode]}"
    if signal['command'] == 'CONNECT':
        topics[key] = signal['topic']
        if mode == 'odf':
            client.subscribe(signal['topic'], qos=0)
    elif signal['command'] == 'DISCONNECT':
        if topics.pop(key) != signal['topic']:
            raise ValueError('DISCONNECT of another topic')
    client.publish(uplink, json.dumps({'msg_id': signal['msg_id'], 'state': 'ok'}), qos=2)
    say(signal['command'], feature=signal[mode])


client = mqtt.Client()
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.reconnect_delay_set(1, 1)
client.will_set(uplink, presence('offline'), qos=0, retain=True)
if 'username' in answer:
    client.username_pw_set(answer['username'], answer['password'])
if url['scheme'] == 'mqtts':
    client.tls_set()
client.connect(url['host'], url['port'])
client.loop_start()

for line in sys.stdin:
    command, *arguments = line.split()
    if command == 'push':
        client.publish(topics['idf Dummy_Sensor'], json.dumps([int(arguments[0])]), qos=0)
    elif command == 'reconnect':
        session['online'] = False
        # As a network that fails: the loop's own thread notices, and comes back by itself.
        client.socket().shutdown(socket.SHUT_RDWR)
    elif command == 'quit':
        client.publish(uplink, presence('offline'), qos=2, retain=True).wait_for_publish()
        gone = requests.delete(f'{server}/{device}', json={'rev': rev})
        client.disconnect()
        client.loop_stop()
        say('gone', status=gone.status_code)
        break
