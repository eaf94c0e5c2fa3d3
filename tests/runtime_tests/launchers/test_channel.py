import json
import os
import socket

import pytest

from nnic.runtime.launchers import channel as channel_module
from nnic.runtime.launchers.channel import MAX_CONNECTIONS, MAX_MESSAGE_BYTES, Channel


@pytest.fixture(params=[True, False], ids=["abstract", "path"])
def channel(request):
    made = Channel(abstract=request.param)
    yield made
    made.close()


@pytest.fixture
def connect(channel):
    opened = []

    def connect():
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        opened.append(connection)
        connection.connect(channel.address.replace("@", "\0", 1))
        return connection

    yield connect
    for connection in opened:
        connection.close()


def message(trial=3, attempt=0):
    return json.dumps({"trial": trial, "attempt": attempt, "kind": "final", "value": 1}).encode()


def receive(channel):
    return channel.receive() | channel.receive()


def test_a_message_names_its_attempt(channel, connect):
    connection = connect()
    connection.send(message(3, 1))
    connection.send(message(3, 1))
    assert receive(channel) == {(3, 1)}
    assert channel.receive() == set()
    connect().send(message(4))
    connection.close()
    assert receive(channel) == {(4, 0)}
    assert channel.malformed == 0


def test_the_path_is_private_and_goes_away(channel):
    if channel.address.startswith("@"):
        assert "nnic-" in channel.address
        return
    folder = os.path.dirname(channel.address)
    assert os.stat(folder).st_mode & 0o777 == 0o700
    channel.close()
    assert not os.path.exists(folder)
    channel.__init__(abstract=False)


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff",
        b"[]",
        b"NaN",
        b'{"trial":1}',
        b'{"trial":"1","attempt":0}',
        b'{"trial":true,"attempt":0}',
    ],
)
def test_a_malformed_message_is_counted(channel, connect, data):
    connection = connect()
    connection.send(data)
    connection.send(message())
    assert receive(channel) == {(3, 0)}
    assert channel.malformed == 1


def test_a_message_that_is_too_long_is_counted(channel, connect):
    connection = connect()
    connection.send(message()[:-1] + b" " * MAX_MESSAGE_BYTES + b"}")
    connection.send(b"[" * 60_000)
    connection.send(message())
    assert receive(channel) == {(3, 0)}
    assert channel.malformed == 2


def test_a_hundred_thousand_malformed_messages_do_not_hurt(channel, connect):
    connection = connect()
    connection.setblocking(False)
    sent, rung = 0, set()
    while sent < 100_000:
        try:
            connection.send(b'{"trial": 3, "attempt": \n')
            sent += 1
        except BlockingIOError:
            rung |= channel.receive()
    while channel.malformed < sent:
        rung |= channel.receive()
    connection.send(message())
    assert (rung, channel.malformed) == (set(), sent)
    assert channel.receive() == {(3, 0)}


def test_the_oldest_connection_makes_place_for_a_new_one(channel, connect, monkeypatch):
    monkeypatch.setattr(channel_module, "MAX_CONNECTIONS", 3)
    assert MAX_CONNECTIONS > 3
    connections = [connect() for _ in range(5)]
    for _ in range(10):
        channel.receive()
    connections[4].send(message(4))
    assert channel.receive() == {(4, 0)}
    with pytest.raises(BrokenPipeError):
        connections[0].send(message(0))


def test_other_users_are_refused(channel, connect, monkeypatch):
    monkeypatch.setattr(channel_module.os, "getuid", lambda: -7)
    connection = connect()
    connection.send(message())
    assert receive(channel) == set()
    assert channel.malformed == 1
    with pytest.raises(ConnectionResetError):
        connection.recv(1)
