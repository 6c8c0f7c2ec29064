"""Everything that reaches into Pulumi's dynamic provider host, each reach falling back alone.

The host (`pulumi.dynamic.__main__`) runs four worker threads, ignores Cancel, sends tracebacks as error text, loses
the id of what a failing create made, has no way to report progress, and outlives an engine that was killed. What is
done here about that uses private names of the host, so it is found step by step; a step that is not found leaves the
host as it is, and everything stays correct, if plainer. `PULUMI_INFERENCE_HOST=plain` leaves all of it out.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any, NoReturn

from pulumi_inference.engine.parting import end_process, when_gone

STABLE = "pulumi-python:dynamic:stable"
"""The function by which a program asks this process what an update leaves as it is."""

WORKERS = 64
INFO, WARNING = 1, 2

logger = logging.getLogger(__name__)


class CleanError(Exception):
    """Its text alone reaches the user, without a traceback."""


class Host:
    """The extensions of this process. `cancelled` is set when the engine cancels the operation, or is gone.

    Args:
        end: ends the process once the engine is gone.
    """

    def __init__(self, end: Callable[[], None] = end_process) -> None:
        self.cancelled = threading.Event()
        self.plain = os.environ.get("PULUMI_INFERENCE_HOST", "").lower() == "plain"
        self.keeps_failures = False
        self.stable: dict[str, Mapping[str, Any]] = {}
        """The outputs that the update under way of a resource leaves as they are, by its urn."""
        self._guard = threading.Lock()
        self._installed = False
        self._end_process = end
        self._log: Callable[[int, str, str, bool], None] | None = None

    def install(self) -> None:
        """Adds what can be added, once per process."""
        with self._guard:
            if self._installed:
                return
            self._installed = True
        if self.plain:
            return
        # What Pulumi has loaded stays: the collector need not look through it twice more while ours is loaded.
        gc.freeze()
        server = _main_local("server")
        _attempt("worker threads", lambda: _widen(server))
        _attempt("cancel", lambda: self._hear_cancel(server))
        _attempt("stable outputs", lambda: self._answer_stable(server, _main_local("monitor").Invoke))
        clean = _attempt("clean errors", _clean_errors)
        _attempt("packing", _pack_at_once)
        self.keeps_failures = clean and request_local("context") is not None
        _attempt("progress", self._connect_log)
        _attempt("end with the engine", lambda: when_gone(sys.argv[1], self._end))

    def _end(self) -> None:
        """Nobody is there any more who could write a state: waits end, and the process once all calls have ended."""
        self.cancelled.set()
        self._end_process()

    def _hear_cancel(self, server: Any) -> None:
        from google.protobuf import empty_pb2

        def cancel(_request: Any, _context: Any) -> Any:
            self.cancelled.set()
            return empty_pb2.Empty()

        _answer(server, "Cancel", cancel, empty_pb2.Empty, empty_pb2.Empty)

    def _answer_stable(self, server: Any, otherwise: Callable[[Any, Any], Any]) -> None:
        """Answers the one function that is ours; any other is left to the host."""
        from pulumi.runtime.proto import provider_pb2

        def invoke(request: Any, context: Any) -> Any:
            if request.tok != STABLE:
                return otherwise(request, context)
            return provider_pb2.InvokeResponse(**{"return": _struct(self.stable.get(request.args["urn"], {}))})

        _answer(server, "Invoke", invoke, provider_pb2.InvokeRequest, provider_pb2.InvokeResponse)

    def progress(self, urn: str, message: str) -> None:
        """Shows a passing text on the resource's row; it is not kept."""
        self._send(INFO, message, urn, ephemeral=True)

    def note(self, urn: str, message: str) -> None:
        """Shows a text on the resource's row that stays."""
        self._send(INFO, message, urn, ephemeral=False)

    def warn(self, urn: str, message: str) -> None:
        """Shows a warning on the resource's row."""
        self._send(WARNING, message, urn, ephemeral=False)

    def _send(self, severity: int, message: str, urn: str, *, ephemeral: bool) -> None:
        if self._log is not None:
            try:
                self._log(severity, message, urn, ephemeral)
            except Exception as error:  # a lost line of progress must never end a deploy
                logger.debug("could not log to the engine: %s", error)
        elif severity == WARNING:
            print(f"warning: {message}", file=sys.stderr, flush=True)  # noqa: T201 - the host shows stderr

    def _connect_log(self) -> None:
        import grpc
        from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

        stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))

        def log(severity: int, message: str, urn: str, ephemeral: bool) -> None:
            request = engine_pb2.LogRequest(
                severity=severity,  # type: ignore[arg-type]
                message=message,
                urn=urn,
                streamId=0,
                ephemeral=ephemeral,
            )
            stub.Log(request, timeout=5)

        self._log = log

    def fail(self, message: str) -> NoReturn:
        """Ends the call under way with an error that shows `message` and nothing else."""
        raise CleanError(message)

    def fail_but_keep(
        self, thing: str, outputs: Mapping[str, Any], inputs: Mapping[str, Any], reasons: Sequence[str]
    ) -> NoReturn:
        """Ends create, update or read with an error while the state keeps id, outputs, inputs and the reasons.

        `outputs` and `inputs` both have to hold `__provider`. In read it is no error: preview and up then say that
        the resource is unhealthy, and plan an update.
        """
        from google.protobuf import any_pb2
        from pulumi.runtime.proto import provider_pb2, status_pb2

        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(
                id=thing, properties=_struct(outputs), inputs=_struct(inputs), reasons=list(reasons)
            )
        )
        status = status_pb2.Status(code=2, message=reasons[0], details=[detail])
        context = request_local("context")
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        raise CleanError(reasons[0])


HOST = Host()


def request_local(name: str) -> Any:
    """`request` or `context` of the call under way, None where the host no longer has them.

    They are locals of the host's frame named `wrapper`, some frames above the provider's method.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "wrapper" and {"request", "context"} <= set(frame.f_locals):
            return frame.f_locals[name]
        frame = frame.f_back
    return None


def _main_local(name: str) -> Any:
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code.co_name == "main" and name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
    return None


def _attempt(what: str, action: Callable[[], None]) -> bool:
    try:
        action()
    except Exception as error:  # whatever a future host looks like, the plain way is still right
        logger.debug("%s: not extended: %s", what, error)
        return False
    return True


def _widen(server: Any) -> None:
    pool = server._state.thread_pool
    pool._max_workers = max(pool._max_workers, WORKERS)
    # The pool starts a thread when a call is handed in: those that came before have queued up behind four.
    for _ in range(pool._work_queue.qsize()):
        pool._adjust_thread_count()


def _answer(server: Any, method: str, answer: Callable[[Any, Any], Any], request: Any, response: Any) -> None:
    """Answers a method of the protocol in the host's place."""
    import grpc

    rpc_method = grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=request.FromString, response_serializer=response.SerializeToString
    )
    handler = grpc.method_handlers_generic_handler("pulumirpc.ResourceProvider", {method: rpc_method})
    server._state.generic_handlers.insert(0, handler)


def _clean_errors() -> None:
    class Traceback:
        """Stands in for the module of that name in the host, which calls only `format_exc`."""

        @staticmethod
        def format_exc() -> str:
            error = sys.exc_info()[1]
            return str(error) if isinstance(error, CleanError) else traceback.format_exc()

    main: Any = sys.modules["__main__"]
    if not hasattr(main, "_abort_with_traceback") or main.traceback is not traceback:
        raise LookupError("the host formats its errors in another way")
    main.traceback = Traceback()


def _pack_at_once() -> None:
    from pulumi.runtime import rpc

    from pulumi_inference.engine.packing import Packing

    main: Any = sys.modules["__main__"]
    if main.rpc is not rpc:
        raise LookupError("the host packs values in another way")
    main.rpc = Packing()


def _struct(values: Mapping[str, Any]) -> Any:
    from pulumi.runtime import rpc

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(dict(values), {}))
    finally:
        loop.close()
