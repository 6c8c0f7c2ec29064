"""What writes to a service: when its state allows it, and without doing twice what is done already."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_inference.core.errors import BadRequestError, CancelledError, InferenceError
from pulumi_inference.modelarts.api.errors import STATE_FORBIDS_UPDATE
from pulumi_inference.modelarts.operation import Answer, Operation
from pulumi_inference.modelarts.places import detail_key
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.values import Detail
from pulumi_inference.modelarts.services.waits import Judge

REFUSED_PAUSE = 2.0


class ServiceWriter(Operation):
    """Base of what happens to a service, or to a part of it that is a resource of its own."""

    status = "status"
    kind = "service"

    def send(self, call: Callable[[], str | None], is_done: Callable[[Detail], bool] = lambda _detail: False) -> None:
        """Makes a write; one that the present state forbids is made again when the state has settled.

        The cloud refuses to do what is done already, as after an answer that was lost: `is_done` recognises that.
        """
        self.context.environment.cache.drop(detail_key("service", self.client, self.thing))
        while True:
            try:
                self.request_id = call()
            except BadRequestError as error:
                if is_done(self.there()):
                    self.wrote = True
                    return
                if error.code != STATE_FORBIDS_UPDATE or self.clock.monotonic() >= self.deadline:
                    raise
                if self.clock.wait(REFUSED_PAUSE, self.context.environment.cancelled):
                    raise CancelledError from None
                self.wait(waits.settled, "come to rest")
            else:
                self.wrote = True
                return

    def wait(self, judge: Judge, goal: str) -> Detail:
        """Polls the service until the judge is content; a warning tells of instances that stay unhealthy."""
        detail = super().wait(judge, goal)
        if detail.get("status") == "concerning":
            name = detail.get("service_name", self.thing)
            self.context.warn(f"{name} is concerning: some of its instances are not healthy")
        return detail

    def tell(self, answer: Answer) -> None:
        """Says how far a deployment is, and how many instances run."""
        status = self.status_of(answer)
        if status != "deploying":
            self.context.progress(status)
            return
        percent = f" {answer['progress']} %" if "progress" in answer else ""
        try:
            monitor = self.client.get_monitor(self.thing)
            running, wanted = monitor["service_running_instance_count"], monitor["service_instance_count"]
        except (InferenceError, KeyError):
            self.context.progress(f"deploying{percent}")
        else:
            self.context.progress(f"deploying{percent}, {running} of {wanted} instances")
