"""Unpackers that need a library, for `core.decode`."""

from collections.abc import Mapping

import zstandard

from dashboard.core.decode import Unpack
from dashboard.core.words import count


def unzstd(data: bytes, most: int) -> bytes:
    """Unpacks zstd (RFC 8878), in bounded memory."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=most).decompressobj()
    out: list[bytes] = []
    size = 0
    try:
        # Small pieces of input, so that a bomb is seen before it is unpacked whole.
        for begin in range(0, len(data), 1_024):
            out.append(unpacker.decompress(data[begin : begin + 1_024]))
            size += len(out[-1])
            if size > most:
                raise ValueError(f"it unpacks to more than {count(most)} bytes")
            if unpacker.eof:
                break
    except zstandard.ZstdError as error:
        raise ValueError(f"it is damaged: {error}") from None
    if not unpacker.eof:
        raise ValueError("it ends too early")
    return b"".join(out)


UNPACKERS: Mapping[str, Unpack] = {"zstd": unzstd}
