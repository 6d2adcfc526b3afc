"""The codec of history gives back what went in, and says so when it cannot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dashboard.store.blocks import Block, DamagedBlock, Floats, decode, decode_one, encode

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 12))
COUNTS = st.integers(-(1 << 40), 1 << 40).map(float)
THOUSANDTHS = st.integers(-(10**9), 10**9).map(lambda value: round(value / 1_000, 3))
ANY = st.floats(allow_nan=False, allow_infinity=True)
VALUES = SHAPES.flatmap(
    lambda shape: st.one_of(
        *(
            arrays.arrays(np.float64, shape, elements=elements | st.just(np.nan))
            for elements in (COUNTS, THOUSANDTHS, ANY)
        )
    )
)


def block(values: Floats, start: float = 1_790_000_000.125, step: float = 5.0) -> Block:
    series, moments = values.shape
    ids = np.arange(series, dtype=np.int64) * 3 + 64
    times = np.arange(moments, dtype=np.float64) * step + start
    return Block(ids, np.round(times, 3), values)


@given(VALUES)
def test_that_a_block_comes_back_exactly(values: Floats) -> None:
    given_block = block(values)
    found = decode(encode(given_block))
    np.testing.assert_array_equal(found.ids, given_block.ids)
    np.testing.assert_array_equal(found.times, given_block.times)
    np.testing.assert_array_equal(found.values, given_block.values)


@given(VALUES, st.data())
def test_that_one_series_is_the_row_of_the_whole(values: Floats, data: st.DataObject) -> None:
    given_block = block(values)
    encoded = encode(given_block)
    row = data.draw(st.integers(0, len(values) - 1))
    line = decode_one(encoded, int(given_block.ids[row]))
    assert line is not None
    np.testing.assert_array_equal(line[0], given_block.times)
    np.testing.assert_array_equal(line[1], values[row])


def test_that_a_series_which_is_not_in_the_block_is_not_found() -> None:
    assert decode_one(encode(block(np.ones((2, 3)))), 65) is None


def test_that_a_calm_fleet_costs_little() -> None:
    values = np.repeat(np.arange(64, dtype=np.float64)[:, None] * 1_000, 120, axis=1)
    values[:6] += np.cumsum(np.random.default_rng(1).poisson(3, (6, 120)), axis=1)
    assert len(encode(block(values))) / values.size < 0.25


@given(VALUES, st.data())
def test_that_damage_is_noticed_and_never_read_as_values(values: Floats, data: st.DataObject) -> None:
    encoded = bytearray(encode(block(values)))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = decode(bytes(encoded))
    except DamagedBlock:
        return
    # The header has no checksum of its own: what still fits the frame's length must at least be of one piece.
    assert found.values.shape == (len(found.ids), len(found.times))


@pytest.mark.parametrize("cut", [0, 3, 12, 13, 40])
def test_that_a_cut_block_is_refused(cut: int) -> None:
    with pytest.raises(DamagedBlock):
        decode(encode(block(np.ones((3, 40))))[:cut])


@pytest.mark.parametrize("data", [b"", b"RDH1", b"SQLite format 3\x00" * 4, b"\x00" * 100])
def test_that_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedBlock):
        decode(data)


def test_that_shapes_that_do_not_fit_are_refused() -> None:
    good = block(np.ones((2, 3)))
    with pytest.raises(ValueError, match="shapes"):
        encode(Block(good.ids[:1], good.times, good.values))
    with pytest.raises(ValueError, match="ascend"):
        encode(Block(good.ids, good.times[::-1], good.values))
    with pytest.raises(ValueError, match="shapes"):
        encode(Block(good.ids, good.times[:0], good.values[:, :0]))
