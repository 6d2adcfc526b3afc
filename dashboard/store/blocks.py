"""The codec of history: one measure of several series over some minutes in a few bytes a sample. Pure.

A block is a header, then one zstd frame (with its checksum) over these sections:

- ids: the series' numbers, 4 bytes each;
- times: the first in whole milliseconds (8 bytes), the differences (4 bytes each);
- mask: one bit a sample, 1 where unknown; absent when all is known;
- firsts: each series' first value as an 8-byte integer; then the differences along time in the smallest of 1, 2, 4 or
  8 bytes that holds them, byte-shuffled. Values are integers, or thousandths; unknown ones repeat the one before;
- or, for values that are neither, the raw 8-byte floats, byte-shuffled.
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import zstandard

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]

_HEAD = struct.Struct("<4sBBBHI")
_MAGIC = b"RDH1"
_RAW = 0
_SCALES = {1: 1, 2: 1_000}
"""How the code of a block's scale reads."""
_MOST_SERIES = 65_535
_MOST_BYTES = 256 * 1024 * 1024
_LARGEST = float(1 << 52)
_WIDTHS: tuple[npt.DTypeLike, ...] = (np.int8, np.int16, np.int32, np.int64)


class DamagedBlock(ValueError):
    """These bytes are no block."""


@dataclass(frozen=True, slots=True)
class Block:
    """`values[i, j]` is series `ids[i]` at unix second `times[j]`, NaN where unknown."""

    ids: Ids
    times: Floats
    values: Floats


def encode(block: Block) -> bytes:
    """The bytes of a block. Times are kept to the millisecond, values exactly.

    Raises `ValueError` where the shapes do not fit or the times do not ascend.
    """
    series, moments = block.values.shape
    if len(block.ids) != series or len(block.times) != moments or not moments or series > _MOST_SERIES:
        raise ValueError("the shapes of the block do not fit")
    millis = np.rint(block.times * 1_000).astype(np.int64)
    steps = np.diff(millis)
    if (steps < 0).any() or (steps >= 1 << 32).any():
        raise ValueError("the times of the block do not ascend")
    mask = np.isnan(block.values)
    masked = bool(mask.any())
    scale, width, body = _body(block.values, mask)
    sections = (
        block.ids.astype("<u4").tobytes(),
        millis[:1].astype("<i8").tobytes(),
        steps.astype("<u4").tobytes(),
        np.packbits(mask).tobytes() if masked else b"",
        body,
    )
    head = _HEAD.pack(_MAGIC, scale, width, masked, series, moments)
    return head + zstandard.ZstdCompressor(level=3, write_checksum=True).compress(b"".join(sections))


def decode(data: bytes) -> Block:
    """The whole block; raises `DamagedBlock`."""
    parts = _Parts(data)
    return Block(parts.ids, parts.times, parts.rows(np.arange(len(parts.ids))))


def decode_one(data: bytes, series: int) -> tuple[Floats, Floats] | None:
    """Times and values of one series, None where the block does not hold it; raises `DamagedBlock`."""
    parts = _Parts(data)
    found = np.flatnonzero(parts.ids == series)
    if not len(found):
        return None
    return parts.times, parts.rows(found[:1])[0]


def _body(values: Floats, mask: npt.NDArray[np.bool_]) -> tuple[int, int, bytes]:
    filled = _carried(values, mask)
    for code, scale in _SCALES.items():
        with np.errstate(over="ignore"):
            whole = np.rint(filled * scale)
        if (np.abs(whole) < _LARGEST).all() and (whole / scale == filled).all():
            integers = whole.astype(np.int64)
            deltas = np.diff(integers, axis=1)
            width = _width(deltas)
            small = np.ascontiguousarray(deltas.astype(_WIDTHS[width]))
            return code, width, integers[:, 0].astype("<i8").tobytes() + _shuffled(small)
    return _RAW, 3, _shuffled(np.ascontiguousarray(values))


def _carried(values: Floats, mask: npt.NDArray[np.bool_]) -> Floats:
    """Unknown values replaced by the last known one before (0 at the start), so that they cost nothing."""
    index = np.where(mask, 0, np.arange(values.shape[1]))
    carried = np.take_along_axis(values, np.maximum.accumulate(index, axis=1), axis=1)
    return np.nan_to_num(carried, nan=0.0, posinf=np.inf, neginf=-np.inf)


def _width(deltas: npt.NDArray[np.int64]) -> int:
    largest = max(int(deltas.max(initial=0)), -int(deltas.min(initial=0)) - 1)
    return next(place for place in range(4) if largest <= np.iinfo(_WIDTHS[place]).max)


def _shuffled(values: npt.NDArray[np.generic]) -> bytes:
    size = values.dtype.itemsize
    return values.view(np.uint8).reshape(-1, size).T.tobytes() if values.size else b""


class _Parts:
    """The sections of one block, values still packed."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEAD.size:
            raise DamagedBlock("the block is cut")
        magic, self._scale, self._width, self._masked, self._series, self._moments = _HEAD.unpack_from(data)
        if magic != _MAGIC or self._scale not in {_RAW, *_SCALES} or self._width > 3 or not self._moments:
            raise DamagedBlock("no block begins here")
        self._packed = self._unpacked(data)
        self._at = 0
        self.ids: Ids = np.frombuffer(self._section(4 * self._series), "<u4").astype(np.int64)
        first = np.frombuffer(self._section(8), "<i8")
        steps = np.frombuffer(self._section(4 * (self._moments - 1)), "<u4").astype(np.int64)
        self.times: Floats = np.concatenate([first, first + np.cumsum(steps)]) / 1_000.0
        self._mask = self._section(self._mask_bytes) if self._masked else b""
        self._firsts = np.frombuffer(self._section(0 if self._raw else 8 * self._series), "<i8")
        self._values = np.frombuffer(self._section(self._value_bytes), np.uint8)
        if self._at != len(self._packed):
            raise DamagedBlock("the block is longer than it says")

    @property
    def _raw(self) -> bool:
        return bool(self._scale == _RAW)

    @property
    def _mask_bytes(self) -> int:
        return int(-(-self._series * self._moments // 8))

    @property
    def _columns(self) -> int:
        return int(self._moments if self._raw else self._moments - 1)

    @property
    def _value_bytes(self) -> int:
        return int(self._series * self._columns * np.dtype(_WIDTHS[self._width]).itemsize)

    def _unpacked(self, data: bytes) -> bytes:
        most = 4 * self._series + 12 + 4 * self._moments + self._mask_bytes + 8 * self._series
        most += self._value_bytes
        if most > _MOST_BYTES:
            raise DamagedBlock("the block is too large")
        try:
            if zstandard.frame_content_size(data[_HEAD.size :]) > most:
                raise DamagedBlock("the block is larger than it says")
            return zstandard.ZstdDecompressor().decompress(data[_HEAD.size :], max_output_size=most)
        except zstandard.ZstdError as error:
            raise DamagedBlock(f"the block cannot be unpacked: {error}") from error

    def _section(self, size: int) -> bytes:
        section = self._packed[self._at : self._at + size]
        if len(section) != size:
            raise DamagedBlock("the block is shorter than it says")
        self._at += size
        return section

    def rows(self, wanted: npt.NDArray[np.intp]) -> Floats:
        """The values of these rows."""
        dtype = np.dtype(np.float64 if self._raw else _WIDTHS[self._width])
        planes = self._values.reshape(dtype.itemsize, self._series, self._columns)[:, wanted]
        packed = np.ascontiguousarray(np.moveaxis(planes, 0, -1))
        values = packed.view(dtype).reshape(len(wanted), self._columns)
        if self._raw:
            return values.copy()
        whole = np.empty((len(wanted), self._moments), dtype=np.int64)
        whole[:, 0] = self._firsts[wanted]
        np.cumsum(values, axis=1, dtype=np.int64, out=whole[:, 1:])
        whole[:, 1:] += whole[:, :1]
        out: Floats = whole / _SCALES[self._scale]
        if self._masked:
            bits = np.unpackbits(np.frombuffer(self._mask, np.uint8), count=self._series * self._moments)
            out[bits.reshape(self._series, self._moments)[wanted].astype(bool)] = np.nan
        return out
