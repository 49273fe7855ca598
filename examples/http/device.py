#!/usr/bin/env python3
"""A device that needs nothing but Python: registers over HTTP, sends a number each second, prints what it receives.

    python3 device.py                                         a server on this machine
    python3 device.py --server http://gateway.local:9992 --token TOKEN
    python3 device.py --server https://gateway.local:9992 --token TOKEN --ca ca.pem

It receives by a stream of events, and opens it again by itself when the server was away. On failure it prints one line
to standard error and ends with exit code 1. Ctrl-C deregisters it.
"""
import argparse
import base64
import json
import random
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid


def parse_arguments():
    parser = argparse.ArgumentParser(description='A device that sends a number each second over HTTP.')
    parser.add_argument('--server', default='http://localhost:9992', help='HTTP address of iotctl')
    parser.add_argument('--id', default=str(uuid.uuid4()), help='UUID of this device')
    parser.add_argument('--token', help='registration token, if logins are required')
    parser.add_argument('--ca', help="PEM file of the server's certificate authority")
    parser.add_argument('--every', type=float, default=1.0, help='seconds between two numbers')
    return parser.parse_args()


def fail(reason):
    print('device.py: ' + reason, file=sys.stderr, flush=True)
    sys.exit(1)


def reason_of(error):
    try:
        return '{} {}'.format(error.code, json.loads(error.read().decode())['reason'])
    except (ValueError, KeyError):
        return '{} {}'.format(error.code, error.reason)


class Device:
    def __init__(self, options):
        self.options = options
        self.tls = ssl.create_default_context(cafile=options.ca) if options.ca else None
        self.connected = set()
        self.registration = self.register()
        login = '{username}:{password}'.format(**self.registration)
        self.login = {'Authorization': 'Basic ' + base64.b64encode(login.encode()).decode()}

    def open(self, address, headers, method='GET', data=None, timeout=10):
        request = urllib.request.Request(address, method=method, headers=headers, data=data)
        return urllib.request.urlopen(request, timeout=timeout, context=self.tls)

    def register(self):
        body = {
            'name': 'PlainCat',
            'accept_protos': ['http'],
            'idf_list': [['meow', ['dB']]],
            'odf_list': [['meow', ['dB']]],
            'profile': {'model': 'AI'},
        }
        headers = {'Content-Type': 'application/json'}
        if self.options.token:
            headers['Authorization'] = 'Bearer ' + self.options.token
        self.address = '{}/{}'.format(self.options.server.rstrip('/'), self.options.id)
        try:
            with self.open(self.address, headers, 'PUT', json.dumps(body).encode()) as answer:
                return json.loads(answer.read().decode())
        except urllib.error.HTTPError as error:
            fail('the server refused to register: ' + reason_of(error))
        except (OSError, ValueError) as error:
            fail('cannot register at {}: {}'.format(self.address, getattr(error, 'reason', error)))

    def deregister(self):
        headers = dict(self.login, **{'Content-Type': 'application/json'})
        data = json.dumps({'rev': self.registration['rev']}).encode()
        with self.open(self.address, headers, 'DELETE', data):
            pass

    def send(self, feature, values):
        """Sends the values of a feature. The server may have no use for them at the moment; that is not a failure."""
        line = json.dumps([feature, values]).encode()
        with self.open(self.registration['up'], self.login, 'POST', line):
            pass

    def listen(self):
        """Receives for as long as the program runs."""
        headers = dict(self.login, Accept='text/event-stream')
        while True:
            try:
                # The server sends a comment each 15 seconds: what is silent for longer is lost.
                with self.open(self.registration['down'], headers, timeout=40) as stream:
                    self.read(stream)
            except urllib.error.HTTPError as error:
                if error.code in (401, 404):
                    print('no longer registered: ' + reason_of(error), file=sys.stderr, flush=True)
                    return
            except OSError:
                pass
            time.sleep(1)

    def read(self, stream):
        event = None
        for line in stream:
            name, _, value = line.decode().rstrip('\n').partition(': ')
            if name == 'event':
                event = value
            elif name == 'data':
                self.happened(event, json.loads(value))

    def happened(self, event, data):
        if event == 'state':
            self.connected = set(data['connected'])
            print('online', flush=True)
        elif event == 'connect':
            self.connected.add(data)
        elif event == 'disconnect':
            self.connected.discard(data)
        elif event == 'data':
            print('received ' + json.dumps(data[1]), flush=True)


def main():
    options = parse_arguments()
    device = Device(options)
    print('registered as {name} ({id})'.format(**device.registration), flush=True)
    threading.Thread(target=device.listen, daemon=True).start()
    try:
        while True:
            if 'meow' in device.connected:
                number = random.randrange(100)
                try:
                    device.send('meow', [number])
                    print('sent [{}]'.format(number), flush=True)
                except OSError as error:
                    print('not sent: {}'.format(error), file=sys.stderr, flush=True)
            time.sleep(options.every)
    except KeyboardInterrupt:
        device.deregister()
        print('deregistered', flush=True)


if __name__ == '__main__':
    main()
