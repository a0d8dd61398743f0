"""What an operator watches, in Prometheus' text format. No prompt and no answer is ever kept."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assistants.answer import Json, Usage

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)


class Metrics:
    """The counters of one server; several servers in one process do not share them."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, running: Callable[[], int], waiting: Callable[[], int]) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "plumb_requests", "Requests by route and status", ("route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "plumb_request_seconds", "Whole requests", ("route",), buckets=_SECONDS,
            registry=registry,
        )  # fmt: skip
        self._first = Histogram(
            "plumb_first_token_seconds", "From a request's arrival to its first token",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._tokens = Counter(
            "plumb_tokens", "Tokens: prompt, cached (a part of prompt), completion", ("kind",),
            registry=registry,
        )  # fmt: skip
        self._verdicts = Counter(
            "plumb_verdicts", "Answers by assistant, status and verdict",
            ("verb", "status", "verdict"), registry=registry,
        )  # fmt: skip
        for name, text, read in (
            ("plumb_running", "Requests being answered", running),
            ("plumb_waiting", "Requests waiting for their turn", waiting),
        ):
            Gauge(name, text, registry=registry).set_function(read)

    def finished(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def first_token(self, seconds: float) -> None:
        """Note how long a stream's first token took."""
        self._first.observe(seconds)

    def used(self, usage: Usage) -> None:
        """Count tokens."""
        self._tokens.labels("prompt").inc(usage.prompt_tokens)
        self._tokens.labels("cached").inc(usage.cached_tokens)
        self._tokens.labels("completion").inc(usage.completion_tokens)

    def answered(self, verb: str, row: Mapping[str, Json]) -> None:
        """Count an assistant's answer."""
        self._verdicts.labels(verb, str(row.get("status")), str(row.get("verdict"))).inc()

    def text(self) -> bytes:
        """Return all metrics as Prometheus reads them."""
        return generate_latest(self._registry)
