"""The trie of keys and values: what is found again, what is shared, what gives way."""

import random
import threading

import numpy as np
import pytest

from assistants.engine.cache import PrefixCache, common_prefix

BYTES = 2 * 3 * 4
"""Of one token in the blocks of these tests: [2, 1, tokens, 3] in single precision."""


def block(keys, start, stop):
    """A block in which each position holds the whole path up to it, so mixing paths shows."""
    values = [hash(tuple(keys[: at + 1])) % 1000 for at in range(start, stop)]
    return np.broadcast_to(
        np.array(values, dtype=np.float32)[None, None, :, None], (2, 1, stop - start, 3)
    ).copy()


def insert(cache, keys):
    copied = []

    def read(start, stop):
        copied.append((start, stop))
        return block(keys, start, stop)

    cache.insert(keys, read)
    return copied


def found(cache, keys):
    """Return how much is held, after checking that it is what belongs there."""
    length, blocks = cache.lookup(keys)
    assert sum(each.shape[2] for each in blocks) == length
    if length:
        assert np.array_equal(np.concatenate(blocks, axis=2), block(keys, 0, length))
    return length


def test_common_prefix():
    assert common_prefix([1, 2, 3], [1, 2, 4]) == 2
    assert common_prefix([1, 2], [1, 2, 4]) == 2
    assert common_prefix([], [1]) == 0


def test_what_was_inserted_is_found_as_far_as_it_is_shared():
    cache = PrefixCache(1 << 20)
    assert found(cache, [1, 2, 3]) == 0
    insert(cache, [1, 2, 3, 4])
    assert found(cache, [1, 2, 3, 4]) == 4
    assert found(cache, [1, 2, 3, 4, 5]) == 4
    assert found(cache, [1, 2, 9]) == 2
    assert found(cache, [9]) == 0


def test_a_fork_copies_only_what_it_adds():
    cache = PrefixCache(1 << 20)
    assert insert(cache, [1, 2, 3, 4]) == [(0, 4)]
    assert insert(cache, [1, 2, 7, 8, 9]) == [(2, 5)]
    assert insert(cache, [1, 2, 3]) == []
    assert cache.bytes == 7 * BYTES
    assert found(cache, [1, 2, 3, 4]) == 4
    assert found(cache, [1, 2, 7, 8, 9]) == 5


def test_the_bytes_are_bounded_and_what_was_used_longest_ago_gives_way():
    cache = PrefixCache(9 * BYTES)
    for start in (10, 20, 30):
        insert(cache, [start, start + 1, start + 2])
    assert found(cache, [10, 11, 12]) == 3
    insert(cache, [40, 41, 42])
    assert cache.bytes == 9 * BYTES
    assert found(cache, [20, 21, 22]) == 0
    assert [found(cache, [start, start + 1, start + 2]) for start in (10, 30, 40)] == [3, 3, 3]


def test_a_shared_beginning_outlives_the_ends_that_need_it():
    cache = PrefixCache(6 * BYTES)
    insert(cache, [1, 2, 3, 4])
    insert(cache, [1, 2, 5, 6])
    insert(cache, [1, 2, 7])
    assert found(cache, [1, 2, 7]) == 3
    assert found(cache, [1, 2, 3, 4]) == 2


def test_what_does_not_fit_at_all_is_not_held():
    cache = PrefixCache(2 * BYTES)
    insert(cache, [1, 2, 3])
    assert cache.bytes == 0
    assert found(cache, [1]) == 0


def test_a_smaller_size_lets_go_at_once_and_a_larger_one_holds_more():
    cache = PrefixCache(6 * BYTES)
    insert(cache, [10, 11, 12])
    insert(cache, [20, 21, 22])
    cache.resize(3 * BYTES)
    assert [found(cache, [10, 11, 12]), found(cache, [20, 21, 22])] == [0, 3]
    cache.resize(9 * BYTES)
    insert(cache, [30, 31, 32])
    insert(cache, [40, 41, 42])
    assert [found(cache, [start, start + 1, start + 2]) for start in (20, 30, 40)] == [3, 3, 3]


def test_trimming_drops_what_begins_so_and_leaves_the_rest():
    cache = PrefixCache(1 << 20)
    insert(cache, [1, 2])
    insert(cache, [1, 2, ~3, ~4])
    insert(cache, [1, 2, ~3, ~5])
    insert(cache, [1, 2, ~6])
    cache.trim([1, 2, ~3])
    assert found(cache, [1, 2, ~3, ~4]) == 2
    assert found(cache, [1, 2, ~6]) == 3
    assert cache.bytes == 3 * BYTES
    cache.trim([8])
    cache.trim([])
    assert found(cache, [1, 2, ~6]) == 3


@pytest.mark.parametrize("seed", range(5))
def test_random_sequences_never_mix(seed):
    generator = random.Random(seed)
    capacity = 60 * BYTES
    cache = PrefixCache(capacity)
    for _ in range(300):
        keys = [generator.randrange(3) for _ in range(generator.randrange(1, 12))]
        match generator.randrange(5):
            case 0:
                found(cache, keys)
            case 1:
                cache.trim(keys)
                assert found(cache, keys) < len(keys)
            case _:
                insert(cache, keys)
                assert found(cache, keys) == len(keys)
        assert cache.bytes <= capacity
    while cache.bytes:
        for first in range(3):
            cache.trim([first])


def test_threads_share_it():
    cache = PrefixCache(40 * BYTES)
    failures = []

    def work(seed):
        generator = random.Random(seed)
        try:
            for _ in range(200):
                keys = [generator.randrange(2) for _ in range(8)]
                insert(cache, keys)
                found(cache, keys)
        except (AssertionError, LookupError, ValueError) as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert cache.bytes <= 40 * BYTES
