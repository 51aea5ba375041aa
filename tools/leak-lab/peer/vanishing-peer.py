"""A peer whose kernel forgets its connections a second after it has closed them, instead of the minute of
tcp_fin_timeout: TCP_LINGER2 (tcp(7)), which Node does not know. Told and heard as peer-process.ts is."""

import json
import socket
import sys

FORGET_AFTER_SECONDS = 1


def visit(host, port):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, FORGET_AFTER_SECONDS)
        connection.connect((host, port))
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")


def main():
    orders = json.loads(sys.argv[1])
    # Its standard input ends when the lab does, and so does this loop.
    for line in sys.stdin:
        for _ in range(json.loads(line)["open"]):
            failure = None
            try:
                visit(orders["host"], orders["port"])
            except OSError as error:
                failure = str(error)
            print(json.dumps({"failure": failure}), flush=True)


if __name__ == "__main__":
    main()
