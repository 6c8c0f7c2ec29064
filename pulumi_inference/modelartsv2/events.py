"""The cloud's own last words about a service and what belongs to it (modelarts-v2.md, section 9.2)."""

from __future__ import annotations

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.moments import moment_of

QUOTED = 3


def last_words(client: ModelArtsV2Client, service_id: str, since: int | None) -> list[str]:
    """The last abnormal events, of what has happened `since` a moment in ms; none where they cannot be had."""
    try:
        events = client.list_events(service_id, event_type="ABNORMAL")
    except InferenceError:
        return []
    bad = [
        one
        for one in events
        if one.get("event_type") == "ABNORMAL" and (moment_of(one, "update_at", "create_at") or 0) >= (since or 0)
    ]
    return [str(one.get("event_info")) for one in bad[-QUOTED:]]
