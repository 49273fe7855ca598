#!/usr/bin/env python3
"""A project by a program: makes an account, a model and a project, is the device it binds, and prints the data.

Needs Python 3.7 or newer and paho-mqtt (1.6 or 2):
    sudo apt install python3-paho-mqtt        or: pip install paho-mqtt

    python3 project.py                                        a server on this machine
    python3 project.py --server http://gateway.local:9992 --user ann --password …   with an account that exists

Run it again: what exists already is used. On failure it prints one line to standard error and ends with exit code 1.
"""
import argparse
import http.cookiejar
import json
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

try:
    import paho.mqtt.client as mqtt
except ImportError:
    sys.exit('project.py: paho-mqtt is missing: sudo apt install python3-paho-mqtt')

SECONDS = 30
CODE = 'def run(celsius):\n    return celsius * 9 / 5 + 32\n'


class Refused(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class Ccm:
    """REST v0: JSON in, JSON out, and a session that is a cookie."""

    def __init__(self, server):
        self.server = server.rstrip('/')
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def request(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.server + path, method=method, headers=headers or {})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header('Content-Type', 'application/json')
        try:
            with self.opener.open(request, timeout=SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.load(error).get('reason', error.reason))

    def get(self, path):
        return self.request('GET', '/api/v0' + path)

    def put(self, path, **body):
        return self.request('PUT', '/api/v0' + path, body)

    def post(self, path, **body):
        return self.request('POST', '/api/v0' + path, body)

    def delete(self, path):
        return self.request('DELETE', '/api/v0' + path)

    def log_in(self, username, password):
        try:
            self.post('/account/create', username=username, password=password)
        except Refused as refused:
            if refused.status not in (400, 403):
                raise
        return self.post('/account/login', username=username, password=password)['id']

    def feature(self, name, df_type):
        try:
            return self.get('/devicefeature/' + name)['data']['df_id']
        except Refused:
            values = [{'param_type': 'float'}]
            return self.put('/devicefeature', df_name=name, df_type=df_type, df_parameter=values)['df_id']

    def model(self, name, features):
        try:
            return self.get('/devicemodel/' + name)['data']['dm_id']
        except Refused:
            members = [{'df_id': df_id, 'df_parameter': [{}]} for df_id in features]
            return self.put('/devicemodel', dm_name=name, df_list=members)['dm_id']

    def project(self, name):
        try:
            self.delete('/project/%d' % self.get('/project/' + name)['data']['p_id'])
        except Refused:
            pass
        return self.put('/project', p_name=name)['p_id']

    def bind(self, p_id, do_id, device):
        """The device has just registered: it may be unknown for a moment."""
        end = time.monotonic() + SECONDS
        while True:
            try:
                path = '/project/%d/deviceobject/%d/device/bind/%s' % (p_id, do_id, device)
                return self.post(path)['d_name']
            except Refused as refused:
                if refused.status != 404 or time.monotonic() > end:
                    raise
                time.sleep(0.1)


class Device:
    """Has an input and an output; keeps what it is told, and what comes in."""

    def __init__(self, ccm, token, model, idf, odf):
        self.id = str(uuid.uuid4())
        registration = {
            'name': 'thermometer', 'accept_protos': ['mqtt'], 'profile': {'model': model},
            'idf_list': [[idf, [None]]], 'odf_list': [[odf, [None]]],
        }
        headers = {} if token is None else {'Authorization': 'Bearer ' + token}
        answer = ccm.request('PUT', '/' + self.id, registration, headers)
        self.rev, self.topics = answer['rev'], {}
        self.received, self.ready = [], threading.Event()
        arguments = [mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, 'CallbackAPIVersion') else []
        self.client = mqtt.Client(*arguments)
        if 'password' in answer:
            self.client.username_pw_set(answer['username'], answer['password'])
        self.client.on_connect = self.online
        self.client.on_message = self.take
        self.client.will_set(self.id + '/ctrl/i', self.state('offline'), 2, True)
        self.client.connect(answer['url']['host'], answer['url']['port'])
        self.client.loop_start()

    def state(self, state):
        return json.dumps({'state': state, 'rev': self.rev})

    def online(self, client, *_):
        client.subscribe(self.id + '/ctrl/o', 2)
        client.publish(self.id + '/ctrl/i', self.state('online'), 2, True)

    def take(self, client, _, message):
        value = json.loads(message.payload.decode())
        if message.topic != self.id + '/ctrl/o':
            self.received.append(value)
            return
        kind = 'idf' if 'idf' in value else 'odf'
        if value['command'] == 'CONNECT':
            self.topics[kind] = value['topic']
            if kind == 'odf':
                client.subscribe(value['topic'])
        client.publish(self.id + '/ctrl/i', json.dumps({'msg_id': value['msg_id'], 'state': 'ok'}), 2)
        if len(self.topics) == 2:
            self.ready.set()

    def send(self, *values):
        self.client.publish(self.topics['idf'], json.dumps(values))


def main():
    parser = argparse.ArgumentParser(description='Makes a project, and is a device in it.')
    parser.add_argument('--server', default='http://localhost:9992', help='HTTP address of iotctl')
    parser.add_argument('--user', default='example')
    parser.add_argument('--password', default='an example password')
    parser.add_argument('--token', help='registration token of the device, if logins are required')
    options = parser.parse_args()

    ccm = Ccm(options.server)
    print('logged in as', options.user, 'with id', ccm.log_in(options.user, options.password))
    celsius = ccm.feature('ExampleCelsius-I', 'input')
    fahrenheit = ccm.feature('ExampleFahrenheit-O', 'output')
    model = ccm.model('ExampleThermometer', [celsius, fahrenheit])
    function = ccm.put('/function', fn_name='example_fahrenheit', code=CODE)['fn_id']
    p_id = ccm.project('example')
    do_id = ccm.put('/project/%d/deviceobject' % p_id, dm_id=model, df=[celsius, fahrenheit])['do_id']
    info = ccm.get('/project/%d' % p_id)['data']
    source, target = (info[side][0]['dfo'][0]['dfo_id'] for side in ('ido', 'odo'))
    na_id = ccm.put('/project/%d/na' % p_id, na_name='convert', na_idx=0, dfo_ids=[source, target])['na_id']
    links = [{'dfo_id': source, 'dfmp_list': [{'param_i': 0, 'fn_id': function}]}]
    ccm.post('/project/%d/na/%d' % (p_id, na_id), dfm_list=links)
    ccm.post('/project/%d' % p_id, status='on')
    print('project', p_id, 'is on')

    device = Device(ccm, options.token, 'ExampleThermometer', 'ExampleCelsius-I', 'ExampleFahrenheit-O')
    print('bound', ccm.bind(p_id, do_id, device.id))
    if not device.ready.wait(SECONDS):
        sys.exit('project.py: the device was not connected within %d s' % SECONDS)
    end = time.monotonic() + SECONDS
    while not device.received:
        if time.monotonic() > end:
            sys.exit('project.py: no data within %d s' % SECONDS)
        device.send(21.5)
        time.sleep(0.2)
    print('sent [21.5], received', device.received[0])
    ccm.request('DELETE', '/' + device.id, {'rev': device.rev})


if __name__ == '__main__':
    try:
        main()
    except (Refused, OSError) as error:
        sys.exit('project.py: %s' % error)
