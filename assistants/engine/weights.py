"""Reads the tensors and properties of a weight file without onnxruntime.

An ONNX file is one protocol-buffer message (onnx.proto3): fields of numbers and of bytes, of which
four kinds matter here. Nothing is copied: tensors are views of the file's bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GRAPH, _PROPERTIES, _INITIALIZERS = 7, 14, 5
_DIMENSIONS, _TYPE, _NAME, _DATA = 1, 2, 8, 9
_TYPES = {1: np.float32, 2: np.uint8, 7: np.int64, 10: np.float16}


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """Tensors by name, and what the file says about itself."""

    tensors: Mapping[str, NDArray[Any]]
    properties: Mapping[str, str]


def read(path: Path) -> WeightFile:
    """Read a file that `training.onnx_export` wrote.

    Raises:
        ValueError: it is none.
    """
    tensors: dict[str, NDArray[Any]] = {}
    properties: dict[str, str] = {}
    for field, value in _fields(memoryview(path.read_bytes())):
        if field == _PROPERTIES:
            pair = {number: str(_bytes(text), "utf-8") for number, text in _fields(_bytes(value))}
            properties[pair.get(1, "")] = pair.get(2, "")
        elif field == _GRAPH:
            for inner, tensor in _fields(_bytes(value)):
                if inner == _INITIALIZERS:
                    name, array = _tensor(_bytes(tensor))
                    tensors[name] = array
    return WeightFile(tensors=tensors, properties=properties)


def _tensor(data: memoryview) -> tuple[str, NDArray[Any]]:
    shape: list[int] = []
    found: dict[int, int | memoryview] = {}
    for field, value in _fields(data):
        if field != _DIMENSIONS:
            found[field] = value
        elif isinstance(value, int):
            shape.append(value)
        else:  # repeated numbers may stand together
            shape += _numbers(value)
    kind = _TYPES.get(found.get(_TYPE, 0))  # pyright: ignore[reportArgumentType] - a number
    if kind is None:
        raise ValueError(f"a tensor of type {found.get(_TYPE)}")
    array = np.frombuffer(_bytes(found.get(_DATA, memoryview(b""))), dtype=kind)
    return str(_bytes(found[_NAME]), "utf-8"), array.reshape(shape)


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where a message should stand")  # noqa: TRY004
    return value


def _numbers(data: memoryview) -> list[int]:
    found: list[int] = []
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        found.append(number)
    return found


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield a message's fields: numbers, and bytes as views."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
                yield key >> 3, value
            case 2:
                size, at = _varint(data, at)
                if at + size > len(data):
                    raise ValueError("the file ends too early")
                yield key >> 3, data[at : at + size]
                at += size
            case 5:
                at += 4
            case 1:
                at += 8
            case _:
                raise ValueError("not a protocol-buffer message")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return a number of 7 bits a byte, and where it ends."""
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("not a protocol-buffer message")
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at
