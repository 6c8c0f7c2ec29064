"""A server that answers GET requests with recorded bodies after a fixed delay: `replay.py PORT FILE SECONDS`.

FILE holds a JSON object of path to body. The server spends next to no processor time on a request, as a cloud that
computes elsewhere does not either.
"""

import asyncio
import json
import sys
from pathlib import Path

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Replay(asyncio.Protocol):
    """One connection. Requests have no body."""

    def __init__(self, answers: dict[bytes, bytes], seconds: float) -> None:
        self._answers = answers
        self._seconds = seconds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answers."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each complete request when its time has come."""
        *heads, self._received = (self._received + data).split(b"\r\n\r\n")
        for head in heads:
            path = head.split(b" ", 2)[1]
            asyncio.get_running_loop().call_later(self._seconds, self._send, self._answers.get(path, NOT_FOUND))

    def _send(self, answer: bytes) -> None:
        assert isinstance(self._transport, asyncio.WriteTransport)
        if not self._transport.is_closing():
            self._transport.write(answer)


def answer_of(body: object) -> bytes:
    """The answer with this JSON body."""
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


async def serve(port: int, answers: dict[bytes, bytes], seconds: float) -> None:
    """Serve on the loopback until the process is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Replay(answers, seconds), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Read the file and serve it."""
    port, file, seconds = sys.argv[1:]
    bodies = json.loads(Path(file).read_text(encoding="utf-8"))
    answers = {path.encode(): answer_of(body) for path, body in bodies.items()}
    asyncio.run(serve(int(port), answers, float(seconds)))


if __name__ == "__main__":
    main()
