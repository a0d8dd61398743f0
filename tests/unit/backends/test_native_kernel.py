"""The kernel against onnxruntime on the same file, and a token's bits however it is run."""

import numpy as np
import pytest

from assistants.engine import Engine, Request, Session
from assistants.engine.native import NativeSession, Unexpressed, available, library, packing
from assistants.engine.session import Step
from assistants.engine.weights import WeightFile, read

needs_kernel = pytest.mark.skipif(not available(), reason="the kernel is not compiled here")
TEXT = np.random.default_rng(5).integers(90, 300, 120).tolist()


@pytest.fixture(scope="module")
def native(small):
    return NativeSession(small.int8, read(small.int8), threads=2)


@pytest.fixture(scope="module")
def logits(native):
    return native.run(native.buffers(), TEXT, 0, len(TEXT))


def test_the_reader_finds_what_onnx_finds(small):
    onnx = pytest.importorskip("onnx", reason="needs the torch extra")
    model, found = onnx.load(small.int8), read(small.int8)
    assert set(found.tensors) == {each.name for each in model.graph.initializer}
    for each in model.graph.initializer:
        expected = onnx.numpy_helper.to_array(each)
        assert found.tensors[each.name].dtype == expected.dtype
        assert np.array_equal(found.tensors[each.name], expected)
    assert found.properties == {each.key: each.value for each in model.metadata_props}


@pytest.mark.parametrize("size", [0, 1, 1000])
def test_a_file_that_ends_too_early_is_refused(small, tmp_path, size):
    (tmp_path / "cut.onnx").write_bytes(small.int8.read_bytes()[: -1 - size])
    with pytest.raises(ValueError, match=r"early|protocol"):
        read(tmp_path / "cut.onnx")


@needs_kernel
def test_logits_are_those_of_the_exact_graph(small):
    native = NativeSession(small.fp32, read(small.fp32), threads=1)
    session = Session(small.fp32, threads=1)
    expected = session.run(session.buffers(), TEXT, 0, len(TEXT))
    found = native.run(native.buffers(), TEXT, 0, len(TEXT))
    assert np.abs(found - expected).max() < 0.02  # keys and values have half precision
    assert (found.argmax(-1) == expected.argmax(-1)).mean() > 0.97


@needs_kernel
def test_mixed_weights_are_closer_to_the_exact_graph_than_int8(small, tmp_path):
    from training import onnx_export

    path = tmp_path / "mixed.onnx"
    onnx_export.export(small.checkpoint, path, precision="mixed", tokenizer=small.tokenizer)
    apart = {}
    session = Session(small.fp32, threads=1)
    expected = session.run(session.buffers(), TEXT, 0, len(TEXT))
    for name, file in (("mixed", path), ("int8", small.int8)):
        native = NativeSession(file, read(file), threads=1)
        found = native.run(native.buffers(), TEXT, 0, len(TEXT))
        apart[name] = float(np.median(np.abs(found - expected)))
    assert apart["mixed"] < 0.3 * apart["int8"]  # both layers' experts have 16 bits
    assert path.stat().st_size < 2.1 * small.int8.stat().st_size


@needs_kernel
def test_experts_of_four_bits_are_read_as_onnxruntime_reads_them(small, tmp_path):
    from training import onnx_export

    path = tmp_path / "int4.onnx"
    onnx_export.export(small.checkpoint, path, precision="int4", tokenizer=small.tokenizer)
    session, native = Session(path, threads=1), NativeSession(path, read(path), threads=1)
    expected = session.run(session.buffers(), TEXT, 0, len(TEXT))
    found = native.run(native.buffers(), TEXT, 0, len(TEXT))
    exact = Session(small.fp32, threads=1)
    rounding = np.abs(expected - exact.run(exact.buffers(), TEXT, 0, len(TEXT)))
    assert np.median(np.abs(found - expected)) < 0.6 * np.median(rounding)


@needs_kernel
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_token_has_the_same_bits_however_its_text_is_cut(native, logits, small, threads):
    session = NativeSession(small.int8, read(small.int8), threads=threads)
    buffers, at, parts = session.buffers(), 0, []
    for size in (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 40, 34):
        parts.append(session.run(buffers, TEXT[at : at + size], at, size))
        at += size
    assert np.array_equal(np.concatenate(parts), logits)


@needs_kernel
def test_a_token_has_the_same_bits_in_any_company(native, logits):
    memory = native.buffers(rows=5)
    lengths = [3, 17, 40, 64, 90]
    for row, length in enumerate(lengths):
        memory.together([Step(row=row, length=0, tokens=TEXT[:length], keep=0)])
    for count in (1, 4, 2):  # tokens of a step, single ones and drafts of several rows
        steps = [
            Step(row=row, length=at, tokens=TEXT[at : at + count + row], keep=1 + row % 2 * count)
            for row, at in enumerate(lengths)
        ]
        for step, found in zip(steps, memory.together(steps), strict=True):
            end = step.length + len(step.tokens)
            assert np.array_equal(found, logits[end - step.keep : end])
        lengths = [step.length + len(step.tokens) for step in steps]


@needs_kernel
@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize("sizes", [(1,) * 7, (1, 3, 1, 2, 4), (37, 1, 1, 1), (2, 2, 30, 2, 2)])
def test_threads_that_share_sequences_change_no_bit(small, logits, threads, sizes):
    session = NativeSession(small.int8, read(small.int8), threads=threads)
    memory = session.buffers(rows=len(sizes))
    for row in range(len(sizes)):
        memory.together([Step(row=row, length=0, tokens=TEXT[: 5 + row], keep=0)])
    steps = [
        Step(row=row, length=5 + row, tokens=TEXT[5 + row : 5 + row + size], keep=size)
        for row, size in enumerate(sizes)
    ]
    for _ in range(4):  # shared, and in one thread
        for step, found in zip(steps, memory.together(steps), strict=True):
            assert np.array_equal(found, logits[step.length : step.length + len(step.tokens)])


@needs_kernel
@pytest.mark.parametrize(("start", "stop"), [(0, 64), (5, 6), (15, 17), (16, 32), (3, 63)])
def test_blocks_of_memory_come_back_with_the_same_bits(native, logits, start, stop):
    memory = native.buffers(rows=2)
    memory.together([Step(row=0, length=0, tokens=TEXT[:64], keep=0)])
    blocks = [memory.read(0, at, to) for at, to in ((0, start), (start, stop), (stop, 64))]
    at = 0
    for block in blocks:
        memory.write(1, at, block)
        at += block.shape[2]
    step = Step(row=1, length=64, tokens=TEXT[64:70], keep=6)
    assert np.array_equal(memory.together([step])[0], logits[64:70])


@needs_kernel
def test_a_kernel_of_another_version_is_not_used(monkeypatch):
    assert library.library.__wrapped__() is not None
    monkeypatch.setattr(library, "LAYOUT", library.LAYOUT + 1)
    assert library.library.__wrapped__() is None


@needs_kernel
def test_blocks_whose_sums_could_overflow_are_left_to_onnxruntime(small, monkeypatch):
    monkeypatch.setattr(packing, "_LONGEST", 16)
    with pytest.raises(Unexpressed):
        NativeSession(small.int8, read(small.int8))


@needs_kernel
def test_weights_of_another_kind_are_left_to_onnxruntime(small):
    file = read(small.int8)
    other = dict(file.tensors)
    other["layer0.attention.out.weight"] = other["layer0.attention.out.weight"].view(np.int8)
    with pytest.raises(Unexpressed):
        NativeSession(small.int8, WeightFile(tensors=other, properties=file.properties))


@needs_kernel
def test_drafts_change_no_bit_and_what_was_written_is_not_run_again(native):
    plain, drafting = Engine(native), Engine(native)
    prompt = [*TEXT[:20], *TEXT[:20]]

    def drawn(engine, drafts):
        request = Request(prompt=prompt, max_tokens=40, drafts=drafts)
        return [(one.id, one.logprob) for one in engine.stream(request)]

    written = drawn(plain, drafts=False)
    assert drawn(drafting, drafts=True) == written
    assert drafting.counters.steps < plain.counters.steps
    longer = [*prompt, *(token for token, _ in written if token is not None)]
    again = list(plain.stream(Request(prompt=longer, max_tokens=1)))
    assert again[0].cached >= len(longer) - 2
