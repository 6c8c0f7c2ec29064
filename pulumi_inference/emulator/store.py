"""The emulator's memory: one SQLite file that several processes may use at the same time."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
APPLICATION_ID = 0x50494E46
BUSY_SECONDS = 30.0

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE documents (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    scope TEXT NOT NULL,
    due_ms INTEGER,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX documents_due ON documents (kind, due_ms) WHERE due_ms IS NOT NULL;
CREATE TABLE requests (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
"""


class StoreError(Exception):
    """The database file cannot be used; the message says why and what to do."""


class Transaction:
    """Documents as seen and changed inside one transaction; made by :meth:`Store.transaction`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        row = self._connection.execute("SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return _parse(row[0]) if row else None

    def put(self, kind: str, key: str, body: Document, *, scope: str = "", due_ms: int | None = None) -> None:
        """Insert or replace a document.

        Args:
            kind: namespace of the key.
            key: unique within the kind.
            body: JSON-compatible content.
            scope: what :meth:`find_all` can filter by.
            due_ms: when :meth:`due` is to answer it, in milliseconds since the epoch.
        """
        self._connection.execute(
            "INSERT INTO documents (kind, key, scope, due_ms, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE SET scope = excluded.scope, due_ms = excluded.due_ms, "
            "body = excluded.body",
            (kind, key, scope, due_ms, json.dumps(body)),
        )

    def delete(self, kind: str, key: str) -> bool:
        """Remove a document; False when there was none."""
        return self._connection.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key)).rowcount > 0

    def find_all(self, kind: str, scope: str | None = None, **fields: str) -> list[Document]:
        """Documents of a kind in the order of their making.

        Args:
            kind: namespace of the keys.
            scope: only those of this scope.
            **fields: only those whose fields have these values.
        """
        query, values = "SELECT body FROM documents WHERE kind = ?", [kind]
        if scope is not None:
            query, values = f"{query} AND scope = ?", [*values, scope]
        for name, value in fields.items():
            query, values = f"{query} AND json_extract(body, ?) = ?", [*values, f"$.{name}", value]
        return [_parse(row[0]) for row in self._connection.execute(f"{query} ORDER BY sequence", values)]

    def due(self, kind: str, now_ms: int) -> list[Document]:
        """Documents whose due time has come."""
        rows = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND due_ms <= ? ORDER BY due_ms", (kind, now_ms)
        )
        return [_parse(row[0]) for row in rows]

    def clear(self, kind: str | None = None) -> None:
        """Remove all documents, or those of one kind."""
        if kind is None:
            self._connection.execute("DELETE FROM documents")
        else:
            self._connection.execute("DELETE FROM documents WHERE kind = ?", (kind,))

    def append_request(self, body: Document, *, keep: int) -> None:
        """Add an entry to the request log and forget the entries older than the newest ``keep``."""
        cursor = self._connection.execute("INSERT INTO requests (body) VALUES (?)", (json.dumps(body),))
        self._connection.execute("DELETE FROM requests WHERE id <= ?", ((cursor.lastrowid or 0) - keep,))

    def requests(self) -> list[Document]:
        """The request log, oldest first, each entry with its ``id``."""
        rows = self._connection.execute("SELECT id, body FROM requests ORDER BY id")
        return [{"id": row[0], **_parse(row[1])} for row in rows]

    def clear_requests(self) -> None:
        """Empty the request log."""
        self._connection.execute("DELETE FROM requests")


class Store:
    """The database file.

    Args:
        path: file to open or create, its folder included; ``":memory:"`` keeps everything in this object.

    Raises:
        StoreError: the file belongs to something else, comes from a newer version, or cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self._lock = threading.Lock()
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            if self.path != ":memory:":
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
                # Requests and what was seeded are nobody else's; SQLite gives its other files the same mode.
                # A file that is there is not opened here: to close it again would take away the locks that another
                # store of this process has on it, and SQLite relies on them.
                with suppress(FileExistsError):
                    os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")
        # In one transaction, as another process may be making the tables: what is read has to be of one moment.
        connection.execute("BEGIN")
        self._check(connection)
        connection.execute("COMMIT")
        # Several processes may start at once: one that finds the file busy works in the mode that another sets.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if not self._check(connection):
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")

    def _check(self, connection: sqlite3.Connection) -> bool:
        """Whether the file has our tables; an empty one has none yet, and any other is refused."""
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application_id != APPLICATION_ID:
            raise StoreError(f"{self.path} is a database of another program; choose another file for the emulator")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path} was written by a newer pulumi-inference (file version {version}, this one knows "
                f"{SCHEMA_VERSION}): upgrade pulumi-inference or choose another file"
            )
        return bool(tables)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One atomic step: committed at the end, rolled back when the block raises.

        Raises:
            StoreError: the file cannot be read or written any more: no room, no right, locked, damaged.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield Transaction(self._connection)
                    self._connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):  # SQLite has rolled back by itself when the disk is full
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(
            f"cannot use {self.path} as the emulator's database: {error}; make it usable, or choose another file"
        )

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self._lock:
            self._connection.close()


def _parse(text: str) -> Document:
    try:
        document: Document = json.loads(text)
    except ValueError as error:
        raise sqlite3.DatabaseError("a document in it is damaged") from error
    return document
