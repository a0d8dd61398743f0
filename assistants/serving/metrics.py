"""What an operator watches, in Prometheus' text format. No prompt and no answer is ever kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistants.answer import Json, Usage
from assistants.engine import Counters

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)


_ENGINE: Mapping[str, str] = {
    "prompts": "Prompts that were run",
    "hits": "Prompts of which a beginning was in the prefix cache",
    "prompt_tokens": "Tokens of prompts",
    "reused": "Tokens of prompts that were not run again",
    "tokens": "Tokens that were drawn",
    "steps": "Steps of the network behind prompts",
    "drafted": "Tokens that were run as drafts",
    "accepted": "Drafts that were right",
    "masked": "Tokens that were drawn under a constraint",
    "mask_seconds": "Time spent in constraints",
}
"""What only grows, by the names of `Counters`."""


@runtime_checkable
class Counted(Protocol):
    """A model whose engine counts what it does."""

    @property
    def counters(self) -> Counters:
        """What was done so far."""
        ...


@dataclass(frozen=True, slots=True)
class _Engine(Collector):
    model: Counted

    def collect(self) -> Iterator[Metric]:
        """Read the engine's counters, as Prometheus asks for them."""
        counters = self.model.counters
        for name, text in _ENGINE.items():
            yield CounterMetricFamily(f"plumb_engine_{name}", text, value=getattr(counters, name))
        size, waiting = counters.cache_bytes, counters.waiting
        yield GaugeMetricFamily("plumb_engine_cache_bytes", "Keys and values held", value=size)
        yield GaugeMetricFamily("plumb_engine_waiting", "Steps waiting for a turn", value=waiting)


class Metrics:
    """The counters of one server; several servers in one process do not share them."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(
        self, running: Callable[[], int], waiting: Callable[[], int], model: object = None
    ) -> None:
        """Read the queue from two functions, and the engine from a model that counts."""
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
        if isinstance(model, Counted):
            registry.register(_Engine(model))

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
