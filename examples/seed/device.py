#!/usr/bin/env python3
"""A device: registers, publishes "online", sends a number each second, prints what it receives.

Needs Python 3.7 or newer and paho-mqtt (1.6 or 2):
    sudo apt install python3-paho-mqtt        or: pip install paho-mqtt

    python3 device.py                                         a server on this machine
    python3 device.py --server http://gateway.local:9992 --token TOKEN
    python3 device.py --server https://gateway.local:9992 --token TOKEN --ca ca.pem

On failure it prints one line to standard error and ends with exit code 1.
"""
import argparse
import json
import random
import ssl
import sys
import threading
import urllib.error
import urllib.request

try:
    import paho.mqtt.client as mqtt
except ImportError:
    sys.exit('device.py: paho-mqtt is missing: sudo apt install python3-paho-mqtt')


def parse_arguments():
    parser = argparse.ArgumentParser(description='A device that sends a number each second.')
    parser.add_argument('--server', default='http://localhost:9992', help='HTTP address of iotctl')
    parser.add_argument('--id', default='df682f01-7c3a-49fd-8f5f-72ce0b6e68c0', help='UUID of this device')
    parser.add_argument('--token', help='registration token, if logins are required')
    parser.add_argument('--ca', help="PEM file of the server's certificate authority")
    parser.add_argument('--every', type=float, default=1.0, help='seconds between two numbers')
    return parser.parse_args()


def fail(reason):
    print('device.py: ' + reason, file=sys.stderr, flush=True)
    sys.exit(1)


def register(options, tls):
    """Registers the device and returns the server's reply."""
    body = {
        'name': 'BetaCat',
        'idf_list': [['meow', ['dB']]],
        'odf_list': [['meow', ['dB']]],
        'accept_protos': ['mqtt'],
        'profile': {'model': 'AI'},
    }
    headers = {'Content-Type': 'application/json'}
    if options.token:
        headers['Authorization'] = 'Bearer ' + options.token
    address = '{}/{}'.format(options.server.rstrip('/'), options.id)
    try:
        request = urllib.request.Request(
            address, method='PUT', headers=headers, data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10, context=tls) as answer:
            return json.loads(answer.read().decode())
    except urllib.error.HTTPError as error:
        fail('the server refused to register: {} {}'.format(error.code, reason_of(error)))
    except (OSError, ValueError) as error:
        fail('cannot register at {}: {}'.format(address, getattr(error, 'reason', error)))


def reason_of(error):
    try:
        return json.loads(error.read().decode())['reason']
    except (ValueError, KeyError):
        return error.reason


class Device:
    def __init__(self, registration, every):
        self.uplink, self.downlink = registration['ctrl_chans']
        self.rev = registration['rev']
        self.every = every
        self.sending = None  # an event that ends the sending thread
        self.failure = None

    def say(self, client, state):
        return client.publish(self.uplink, self.presence(state), qos=1, retain=True)

    def presence(self, state):
        return json.dumps({'state': state, 'rev': self.rev})

    # paho 1 and 2 call these methods with different numbers of arguments.
    def on_connect(self, client, _userdata, _flags, code, *_more):
        if code != 0:
            self.failure = 'the broker refused the login: {}'.format(code)
            client.disconnect()
            return
        # Subscribe first: the server may send a signal right after "online".
        client.subscribe(self.downlink, qos=2)
        self.say(client, 'online')
        print('online', flush=True)

    def on_disconnect(self, _client, _userdata, *_more):
        self.stop_sending()

    def on_message(self, client, _userdata, message):
        if message.topic != self.downlink:
            print('received ' + message.payload.decode(), flush=True)
            return
        signal = json.loads(message.payload.decode())
        name, topic = signal.get('idf') or signal.get('odf'), signal['topic']
        print('{} {} {}'.format(signal['command'], 'idf' if 'idf' in signal else 'odf', name), flush=True)
        if signal['command'] == 'CONNECT' and 'odf' in signal:
            client.subscribe(topic)
        elif signal['command'] == 'CONNECT':
            self.start_sending(client, topic)
        elif 'odf' in signal:
            client.unsubscribe(topic)
        else:
            self.stop_sending()
        client.publish(self.uplink, json.dumps({'msg_id': signal['msg_id'], 'state': 'ok'}), qos=1)

    def start_sending(self, client, topic):
        self.stop_sending()
        self.sending = threading.Event()
        threading.Thread(target=self.send, args=(client, topic, self.sending), daemon=True).start()

    def stop_sending(self):
        if self.sending:
            self.sending.set()

    def send(self, client, topic, ended):
        while not ended.is_set():
            number = random.randrange(100)
            client.publish(topic, json.dumps([number]))
            print('sent [{}]'.format(number), flush=True)
            ended.wait(self.every)


def new_client():
    if hasattr(mqtt, 'CallbackAPIVersion'):
        return mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    return mqtt.Client()


def main():
    options = parse_arguments()
    try:
        tls = ssl.create_default_context(cafile=options.ca)
    except OSError as error:
        fail('cannot read {}: {}'.format(options.ca, error))
    registration = register(options, tls)
    print('registered as {} ({})'.format(registration['name'], registration['id']), flush=True)
    device = Device(registration, options.every)
    broker = registration['url']
    client = new_client()
    client.on_connect, client.on_disconnect = device.on_connect, device.on_disconnect
    client.on_message = device.on_message
    # The broker publishes this when the connection of the device is lost.
    client.will_set(device.uplink, device.presence('offline'), qos=1, retain=True)
    if 'username' in registration:
        client.username_pw_set(registration['username'], registration['password'])
    if broker['scheme'] == 'mqtts':
        client.tls_set_context(tls)
    try:
        client.connect(broker['host'], broker['port'])
    except OSError as error:
        fail('cannot reach the broker at {host}:{port}: {0}'.format(error, **broker))
    try:
        client.loop_forever()
    except KeyboardInterrupt:
        device.stop_sending()
        client.loop_start()
        device.say(client, 'offline').wait_for_publish()
        client.disconnect()
    if device.failure:
        fail(device.failure)


if __name__ == '__main__':
    main()
