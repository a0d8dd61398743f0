"""Which sequence a request takes, what is copied, what gives way."""

from assistants.engine.cache import PrefixCache, common_prefix


class Memory:
    """Records what was copied into it."""

    def __init__(self):
        self.copied = []

    def copy_prefix(self, source, length, /):
        self.copied.append((source, length))


def finish(cache, prompt, extra=()):
    slot, shared = cache.take(prompt)
    slot.tokens = [*prompt, *extra]
    cache.give_back(slot)
    return slot, shared


def test_common_prefix():
    assert common_prefix([1, 2, 3], [1, 2, 4]) == 2
    assert common_prefix([1, 2], [1, 2, 4]) == 2
    assert common_prefix([], [1]) == 0


def test_a_continued_sequence_is_used_in_place():
    cache = PrefixCache(Memory, 3)
    first, _ = finish(cache, [1, 2, 3, 4])
    second, shared = cache.take([1, 2, 3, 4, 5, 6])
    assert second is first
    assert shared == 4
    assert second.buffers.copied == []


def test_the_last_token_is_always_run_again():
    cache = PrefixCache(Memory, 3)
    finish(cache, [1, 2, 3, 4], extra=[5, 6])
    slot, shared = cache.take([1, 2, 3, 4])
    assert shared == 3
    assert slot.tokens == [1, 2, 3]


def test_a_short_shared_part_is_copied_and_the_long_sequence_stays():
    cache = PrefixCache(Memory, 3)
    long, _ = finish(cache, [1, 2, *range(10, 30)])
    slot, shared = cache.take([1, 2, 7])
    assert slot is not long
    assert shared == 2
    assert slot.buffers.copied == [(long.buffers, 2)]
    assert len(long.tokens) == 22


def test_a_busy_sequence_is_copied_from_and_never_taken():
    cache = PrefixCache(Memory, 3)
    busy, _ = cache.take([1, 2, 3])
    busy.tokens = [1, 2, 3]
    slot, shared = cache.take([1, 2, 3, 4])
    assert slot is not busy
    assert (shared, slot.buffers.copied) == (3, [(busy.buffers, 3)])


def test_the_sequence_used_longest_ago_gives_way():
    cache = PrefixCache(Memory, 2)
    old, _ = finish(cache, [1, 1, 1])
    young, _ = finish(cache, [2, 2, 2])
    finish(cache, [1, 1, 1, 1])  # now `young` is the older one
    slot, shared = cache.take([3, 3])
    assert slot is young
    assert (shared, slot.tokens) == (0, [])
    assert old.tokens == [1, 1, 1, 1]


def test_more_streams_than_capacity_all_get_memory_of_their_own():
    cache = PrefixCache(Memory, 2)
    slots = [cache.take([number, 9])[0] for number in range(5)]
    assert len({id(slot.buffers) for slot in slots}) == 5
    for slot in slots:
        cache.give_back(slot)
    assert len(cache._slots) == 2
