"""From a thread to the event loop: order, how far ahead, errors at their place, leaving."""

import threading

import anyio
import pytest

from assistants.serving.bridge import AHEAD, Threads

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_items_come_in_order_and_the_thread_is_only_a_little_ahead():
    made = []

    def make(cancel):
        for number in range(5 * AHEAD):
            made.append(number)
            yield number

    seen = []
    async with Threads(1).items(make) as items:
        async for item in items:
            if item == 0:
                with anyio.fail_after(30):
                    while len(made) < AHEAD + 2:
                        await anyio.sleep(0.01)
                await anyio.sleep(0.05)
                assert len(made) == AHEAD + 2  # one read, the unread ones, one without room
            seen.append(item)
    assert seen == list(range(5 * AHEAD))


async def test_an_error_comes_after_what_was_made_before_it():
    def make(cancel):
        yield 1
        raise LookupError("broken")

    async with Threads(1).items(make) as items:
        assert await anext(items) == 1
        with pytest.raises(LookupError, match="broken"):
            await anext(items)


@pytest.mark.parametrize("read", [0, 1, AHEAD])
async def test_a_reader_that_leaves_stops_the_thread(read):
    closed = threading.Event()

    def make(cancel):
        try:
            while not cancel.cancelled:
                yield 0
        finally:
            closed.set()

    with anyio.fail_after(30):
        async with Threads(1).items(make) as items:
            for _ in range(read):
                await anext(items)
    assert closed.is_set()
