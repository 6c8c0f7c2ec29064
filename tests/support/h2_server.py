"""A server on this machine that speaks HTTP/2 over TLS, and remembers its connections."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import h2.config
import h2.connection
import h2.events

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBoDCCAUagAwIBAgIUWMrf3aF+aAILOSVTpjO3EJXdKvIwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRbG9vcGJhY2sgb2YgdGVzdHMwIBcNMjYxMTI2MTE1MDMyWhgP
MjEyNjExMDIxMTUwMzJaMBwxGjAYBgNVBAMMEWxvb3BiYWNrIG9mIHRlc3RzMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9xgxmf8bRG4YtpIKW/3p3vYmZN5LPY+T
mAbSkR+Gq0vqz74AAou6mqtu64MEL2aZMXkdm+g3GuOz+Li/4xEvuqNkMGIwHQYD
VR0OBBYEFKoYxzeR3EnxNBKvipTRdh1PityBMB8GA1UdIwQYMBaAFKoYxzeR3Enx
NBKvipTRdh1PityBMA8GA1UdEwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAK
BggqhkjOPQQDAgNIADBFAiEA+2SKWymBk0Uh20781FMm6G93G6rZcwPQYu4HcvGT
EZkCIEmhG6v4ZZlzcviabjeVY/hc9hQICOdihL/BQ/2WbR88
-----END CERTIFICATE-----
"""
# Of no use to anybody: the certificate is for 127.0.0.1 and trusted by these tests alone.
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNmReOYQhz9f1BujY
AeEksjnQF0AWB9kUkIthpPm14TShRANCAAT3GDGZ/xtEbhi2kgpb/ene9iZk3ks9
j5OYBtKRH4arS+rPvgACi7qaq27rgwQvZpkxeR2b6Dca47P4uL/jES+6
-----END PRIVATE KEY-----
"""


class H2Server:
    """Answers each request with its path; a path `/half` begins an answer that never ends."""

    def __init__(self, folder: Path, protocols: tuple[str, ...] = ("h2", "http/1.1")) -> None:
        self.connections = 0
        self.closed = threading.Semaphore(0)
        """Released when a client has closed a connection."""
        self.requests: list[tuple[str, str]] = []
        self.heard: Callable[[str], None] = lambda _path: None
        """Called with the path of each request."""
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        certificate.write_text(CERTIFICATE)
        key.write_text(KEY)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.set_alpn_protocols(list(protocols))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def trust(self) -> ssl.SSLContext:
        """What a client trusts."""
        return ssl.create_default_context(cadata=CERTIFICATE)

    def serve(self) -> None:
        """Until the listener is closed."""
        with suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(accepted,), daemon=True).start()

    def stop(self) -> None:
        """No more connections."""
        self._listener.close()

    def _talk(self, accepted: socket.socket) -> None:
        with suppress(OSError), self._context.wrap_socket(accepted, server_side=True) as connection:
            self.connections += 1
            if connection.selected_alpn_protocol() == "h2":
                self._talk_h2(connection)
            else:
                self._talk_h1(connection)
        self.closed.release()

    def _talk_h2(self, connection: ssl.SSLSocket) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        while data := connection.recv(65536):
            heard = list[str]()
            for event in state.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    headers = {bytes(name): bytes(value).decode() for name, value in event.headers}
                    heard.append(headers[b":path"])
                    self._answer(state, event.stream_id, heard[-1])
            connection.sendall(state.data_to_send())
            for path in heard:
                self.heard(path)

    def _answer(self, state: h2.connection.H2Connection, stream: int, path: str) -> None:
        self.requests.append(("h2", path))
        if path != "/silent":
            self._say(state, stream, path)

    @staticmethod
    def _say(state: h2.connection.H2Connection, stream: int, path: str) -> None:
        state.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
        state.send_data(stream, b'{"path": "' + path.encode() + b'"}', end_stream=path != "/half")

    def _talk_h1(self, connection: ssl.SSLSocket) -> None:
        while data := connection.recv(65536):
            path = data.split()[1].decode()
            self.requests.append(("http/1.1", path))
            body = b'{"path": "' + path.encode() + b'"}'
            length = len(body) + (path == "/half")
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            connection.sendall(head.encode() + body)


@contextmanager
def h2_server(folder: Path, *protocols: str) -> Iterator[H2Server]:
    """A server that runs."""
    server = H2Server(folder, *([protocols] if protocols else []))
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.stop()
