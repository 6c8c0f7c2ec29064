"""A model that answers as OpenAI's API does, and says back what it was told: what several clouds deploy."""

import base64
import hashlib
import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any, Final

CHAT: Final = "/v1/chat/completions"
COMPLETIONS: Final = "/v1/completions"
MODELS: Final = "/v1/models"
RESPONSES: Final = "/v1/responses"
EMBEDDINGS: Final = "/v1/embeddings"
_CREATED: Final = 1_700_000_000
_DIMENSIONS: Final = 8

Answer = dict[str, Any] | tuple[bytes, ...]


def answer(method: str, path: str, body: Any) -> Answer | None:
    """The answer on a path of that API, in one piece or as events; None on any other."""
    if method != "POST" or not isinstance(body, dict):
        return None
    for suffix, model in _MODELS.items():
        if path.rstrip("/").endswith(suffix):
            return model(body)
    return None


def models(names: Iterable[str], owner: str) -> dict[str, Any]:
    """The list of the models that are served."""
    data = [{"id": name, "object": "model", "created": _CREATED, "owned_by": owner} for name in names]
    return {"object": "list", "data": data}


def events(documents: list[dict[str, Any]], *, named: bool = False) -> tuple[bytes, ...]:
    """Server-sent events, one per document; the API of responses names them and has no mark at the end."""
    texts = []
    for document in documents:
        name = f"event: {document['type']}\n" if named else ""
        texts.append(f"{name}data: {json.dumps(document, ensure_ascii=False)}\n\n")
    return tuple(text.encode() for text in (*texts, *(() if named else ("data: [DONE]\n\n",))))


def chat(body: dict[str, Any]) -> Answer:
    """The answer to a chat."""
    said = _said(body.get("messages"))
    common = {"id": f"chatcmpl-{_digest(said)}", "created": _CREATED, "model": body.get("model", "")}
    if body.get("stream") is not True:
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {**common, "object": "chat.completion", "choices": [choice], "usage": _usage(body, said)}
    deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in _pieces(said)]
    deltas.append(({}, "stop"))
    chunks: list[dict[str, Any]] = [
        {
            **common,
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }
        for delta, reason in deltas
    ]
    if _wants_usage(body):
        chunks.append({**common, "object": "chat.completion.chunk", "choices": [], "usage": _usage(body, said)})
    return events(chunks)


def completion(body: dict[str, Any]) -> Answer:
    """The answer to texts that are to be gone on with: a choice for each."""
    prompt = body.get("prompt")
    # a list of numbers is one text, of tokens
    texts = prompt if isinstance(prompt, list) and all(isinstance(text, str) for text in prompt) else [prompt]
    said = [_said(text) for text in texts]
    digest, usage = _digest(" ".join(said)), _usage({"input": said}, " ".join(said))
    common = {
        "id": f"cmpl-{digest}",
        "object": "text_completion",
        "created": _CREATED,
        "model": body.get("model", ""),
    }
    if body.get("stream") is not True:
        return {**common, "choices": [_text(place, text, "stop") for place, text in enumerate(said)], "usage": usage}
    choices = [_text(place, piece, None) for place, text in enumerate(said) for piece in _pieces(text)]
    choices += [_text(place, "", "stop") for place in range(len(said))]
    chunks: list[dict[str, Any]] = [{**common, "choices": [choice]} for choice in choices]
    return events([*chunks, {**common, "choices": [], "usage": usage}] if _wants_usage(body) else chunks)


def _text(place: int, text: str, reason: str | None) -> dict[str, Any]:
    return {"index": place, "text": text, "logprobs": None, "finish_reason": reason}


def _responses(body: dict[str, Any]) -> Answer:
    said = _said(body.get("input"))
    digest, usage = _digest(said), _usage(body, said)
    text = {"type": "output_text", "text": said, "annotations": []}
    item = {
        "type": "message",
        "id": f"msg_{digest}",
        "role": "assistant",
        "status": "completed",
        "content": [text],
    }
    response: dict[str, Any] = {
        "id": f"resp_{digest}",
        "object": "response",
        "created_at": _CREATED,
        "status": "completed",
        "model": body.get("model", ""),
        "output": [item],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": usage["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage["total_tokens"],
        },
    }
    if body.get("stream") is not True:
        return response
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    unfinished = {**response, "status": "in_progress", "output": []}
    steps: list[dict[str, Any]] = [
        {"type": "response.created", "response": unfinished},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.content_part.added", **place, "part": {**text, "text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []} for piece in _pieces(said)),
        {"type": "response.output_text.done", **place, "text": said, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": text},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response},
    ]
    return events([{**step, "sequence_number": number} for number, step in enumerate(steps)], named=True)


def _embeddings(body: dict[str, Any]) -> Answer:
    texts = body.get("input")
    inputs = texts if isinstance(texts, list) else [texts]
    form = _packed if body.get("encoding_format") == "base64" else list
    data = [
        {"object": "embedding", "index": index, "embedding": form(_vector(text))} for index, text in enumerate(inputs)
    ]
    tokens = sum(tokens_of(text) for text in inputs)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": body.get("model", ""), "usage": usage}


_MODELS: Final = {CHAT: chat, RESPONSES: _responses, EMBEDDINGS: _embeddings}


def tokens_of(value: Any) -> int:
    """How many tokens there are in what was said: one per word."""
    return len(_said(value).split())


def tokens_of_request(body: Mapping[str, Any]) -> int:
    """How many tokens a request costs: what is said in it, and what this model says to that."""
    if "input" in body and "messages" not in body:
        inputs = body["input"]
        return sum(tokens_of(text) for text in (inputs if isinstance(inputs, list) else [inputs]))
    return _usage(body, _said(body.get("messages")))["total_tokens"]


def _said(value: Any) -> str:
    """The last thing that somebody said, whichever of its forms the API's input has."""
    if isinstance(value, list):
        return _said(value[-1]) if value else ""
    if isinstance(value, dict):
        return _said(value.get("content", value.get("text", "")))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wants_usage(body: Mapping[str, Any]) -> bool:
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _usage(body: Mapping[str, Any], said: str) -> dict[str, int]:
    asked = body.get("messages", body.get("input"))
    parts = asked if isinstance(asked, list) else [asked]
    prompt, completion = sum(tokens_of(part) for part in parts), len(said.split())
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _pieces(said: str) -> list[str]:
    """Its words, each with the blank before it, so that together they are the whole again."""
    words = said.split(" ")
    return [word if index == 0 else f" {word}" for index, word in enumerate(words)]


def _vector(value: Any) -> list[float]:
    digest = hashlib.sha256(_said(value).encode()).digest()
    return [byte / 255 for byte in digest[:_DIMENSIONS]]


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:24]
