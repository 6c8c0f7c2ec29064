"""When the engine is gone: how a provider process notices it, and how it ends.

A killed engine ends none of its plugins, and the shell between engine and provider hides the change of the parent.
What the system does close is every connection to the engine.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable

GRACE = 60.0
"""Seconds in which the calls under way may end by themselves: a request that has been sent gets its answer."""


def when_gone(address: str, then: Callable[[], None]) -> None:
    """Calls `then`, in a thread, once nobody listens at `address` (`HOST:PORT`) any more.

    Raises:
        ValueError: it is no such address.
        OSError: nobody listens there now.
    """
    host, _, port = address.rpartition(":")
    place = (host.strip("[]"), int(port))
    threading.Thread(target=_watch, args=(socket.create_connection(place), place, then), daemon=True).start()


def end_process() -> None:
    """Ends this process as Ctrl-C does, which lets the calls under way end; after `GRACE` seconds in any case."""
    last = threading.Timer(GRACE, os._exit, (1,))
    last.daemon = True
    last.start()
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _watch(connection: socket.socket, place: tuple[str, int], then: Callable[[], None]) -> None:
    """A living engine closes a connection that says nothing, after minutes; but it takes a new one."""
    while True:
        with connection:
            _wait_until_closed(connection)
        try:
            connection = socket.create_connection(place)
        except ConnectionError:
            return then()
        except OSError:  # no sockets left, for example: nobody knows, and the engine counts as living
            return None


def _wait_until_closed(connection: socket.socket) -> None:
    try:
        while connection.recv(1024):
            pass
    except OSError:
        pass
