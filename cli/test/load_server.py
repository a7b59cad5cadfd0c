"""load_server.py - a server for load.sh that answers well or badly, as the path says.

    load_server.py FILE     writes the port to FILE
"""
import os
import socket
import sys
import threading
import time

ANSWER = b'{"label": "A", "probability": 1}'


def whole(body=ANSWER, status=b"200 OK", extra=b""):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, extra, len(body), body)


def read_request(connection, buffered):
    """The path and the whole request; (None, ...) at the end. buffered: what came before."""
    data = buffered
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None, b"", b""
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(rest) < length:
        more = connection.recv(65536)
        if not more:
            return None, b"", b""
        rest += more
    return head.split(b" ")[1].decode(), head + b"\r\n\r\n" + rest[:length], rest[length:]


def drip(connection, data):
    for i in range(len(data)):
        connection.sendall(data[i : i + 1])
        time.sleep(0.0005)


def chunked(body):
    chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in body)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def answer(connection, path, request):
    """Whether the connection stays open."""
    kinds = {
        "/good": whole(),
        "/chunked": chunked(ANSWER),
        "/continue": b"HTTP/1.1 100 Continue\r\n\r\n" + whole(),
        "/old": b"HTTP/1.0 200 OK\r\n\r\n" + ANSWER,
        "/closes": whole(extra=b"Connection: close\r\n"),
        "/leaves": whole(),
        "/null": whole(b'{"label": null}'),
        "/xml": whole(b"<label>A</label>"),
        "/other": whole(b'{"labels": ["A"]}'),
        "/garbage": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        "/half": whole()[:-5],
        "/nothing": b"",
        "/large": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "/head": b"HTTP/1.1 200 OK\r\n" + b"X: %s\r\n" % (b"a" * 1000) * 100,
        "/500": whole(b"out\n of order", b"500 Internal Server Error"),
        "/echo": whole(b'{"label": null, "error": "%s"}' % request.split(b"\r\nX-Key: ")[-1].split(b"\r\n")[0]),
        "/token": whole(status=b"200 OK" if b"\r\nAuthorization: Bearer s3cret\r\n" in request else b"401 No"),
    }
    if path == "/never":
        time.sleep(600)
    elif path == "/late":
        time.sleep(0.02)
        connection.sendall(whole())
    elif path == "/drip":
        drip(connection, whole())
    else:
        connection.sendall(kinds.get(path, whole(status=b"404 Not Found")))
    return path in ("/good", "/chunked", "/continue", "/500", "/late", "/drip", "/null", "/token", "/echo")


def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rest = b""
    try:
        while True:
            path, request, rest = read_request(connection, rest)
            if path is None or not answer(connection, path, request):
                break
    except OSError:
        pass
    connection.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    with open(sys.argv[1] + ".new", "w") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


main()
