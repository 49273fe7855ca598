# A device in MicroPython (ESP32, ESP8266, Raspberry Pi Pico W): registers over HTTP, sends a number each second, and prints
# what it receives. It needs no packages, and runs under ordinary Python as well.
#
# Fill in the lines below and copy it to the board as main.py.
import json
import socket
import time

try:
    from ubinascii import b2a_base64
except ImportError:
    from binascii import b2a_base64

WIFI_NAME = 'your network'
WIFI_PASSWORD = 'its password'
# The address of iotctl as seen from the board, so not localhost.
HOST = '192.168.1.5'
PORT = 9992
# From "iotctl token create"; empty if no logins are required.
TOKEN = ''
# Another one for each board; https://www.uuidgenerator.net draws one.
ID = '00000000-0000-4000-8000-0123456789ab'


def join_wifi():
    try:
        import network
    except ImportError:
        return  # not on a board
    wifi = network.WLAN(network.STA_IF)
    wifi.active(True)
    wifi.connect(WIFI_NAME, WIFI_PASSWORD)
    while not wifi.isconnected():
        time.sleep(1)


def measure():
    # Such as machine.ADC(0).read_u16() on a board.
    return time.time() % 100 // 1


def ask(method, path, body=b'', headers=''):
    """One request on a connection of its own. Returns the status and the body of the answer."""
    connection = socket.socket()
    connection.settimeout(30)
    try:
        connection.connect(socket.getaddrinfo(HOST, PORT)[0][-1])
        head = '{} {} HTTP/1.0\r\nHost: {}:{}\r\nContent-Length: {}\r\n{}\r\n'
        connection.sendall(head.format(method, path, HOST, PORT, len(body), headers).encode() + body)
        answer = b''
        while True:
            piece = connection.recv(1024)
            if not piece:
                break
            answer += piece
    finally:
        connection.close()
    first, end, content = answer.partition(b'\r\n\r\n')
    if not end:
        raise OSError('the server is gone')
    return int(first.split(b' ')[1]), content


def register():
    """Returns the header that shows the board's login."""
    body = json.dumps({
        'name': 'TinyCat',
        'accept_protos': ['http'],
        'idf_list': [['meow', ['dB']]],
        'odf_list': [['meow', ['dB']]],
        'profile': {'model': 'AI'},
    }).encode()
    headers = 'Content-Type: application/json\r\n'
    if TOKEN:
        headers += 'Authorization: Bearer {}\r\n'.format(TOKEN)
    status, answer = ask('PUT', '/' + ID, body, headers)
    if status != 200:
        raise OSError('cannot register: {} {}'.format(status, answer.decode()))
    registration = json.loads(answer.decode())
    print('registered as {} ({})'.format(registration['name'], ID))
    login = '{}:{}'.format(registration['username'], registration['password'])
    return 'Authorization: Basic {}\r\n'.format(b2a_base64(login.encode()).decode().strip())


def once(login, after):
    """Sends a number and asks for what is new. Returns what to ask after the next time."""
    number = int(measure())
    status, answer = ask('POST', '/da/{}/up'.format(ID), json.dumps(['meow', [number]]).encode(), login)
    if status == 204:
        print('sent [{}]'.format(number))
    elif status != 200:  # 200: no graph uses it at the moment
        raise OSError('cannot send: {} {}'.format(status, answer.decode()))
    status, answer = ask('GET', '/da/{}/down?after={}&wait=2'.format(ID, after), headers=login)
    if status != 200:
        raise OSError('cannot receive: {} {}'.format(status, answer.decode()))
    news = json.loads(answer.decode())
    for feature, value in news['data'].items():
        print('received {}'.format(json.dumps(value)))
    return news['next']


def main():
    join_wifi()
    login = None
    after = 0
    while True:
        try:
            if login is None:
                login = register()
            after = once(login, after)
        except (OSError, ValueError) as error:
            # The server is away, stopped within an answer, or does not know the board any more: from the beginning.
            print(error)
            login = None
        time.sleep(1)


main()
