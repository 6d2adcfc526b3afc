"""The archive's format: frames of zstd-compressed JSON Lines, each with its length and checksum, never rewritten.

A frame is `RDZ1`, the compressed length and the number of messages (4 bytes each, big endian), the BLAKE2b-128 of the
compressed bytes, then those bytes. A kill in mid-write leaves a last frame that is short or fails its checksum: what
it held was never reported as archived, so readers stop before it.
"""

import hashlib
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import msgspec
import zstandard

from adapters.api import DeadLetter, Death, Gone, Header, MessageRef, Origin, Payload, TargetRef

MAGIC = b"RDZ1"
HEAD = struct.Struct(">4sII16s")
MOST = 1 << 30
CUT = "the last frame is cut"
"""Why a part ends that a kill left; nothing in that frame was ever reported as archived."""
FRAME = 16 << 20


class _Line(msgspec.Struct, omit_defaults=True):
    key: str
    nth: int
    digest: str
    body: str
    headers: list[tuple[str, str, str]]
    address: str = ""
    at: str | None = None
    gone: str | None = None
    origin: str | None = None
    target: str | None = None
    reason: str | None = None
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """Where a part stops being readable, in bytes from its start, and why."""

    offset: int
    why: str


def frames_of(letters: Sequence[DeadLetter]) -> Iterator[Sequence[DeadLetter]]:
    """Runs of letters whose bodies stay within FRAME bytes together, at least one each: a reader holds a frame whole."""
    start, size = 0, 0
    for place, letter in enumerate(letters):
        own = len(letter.payload.body) if isinstance(letter.payload, Payload) else 0
        size += own
        if size > FRAME and place > start:
            yield letters[start:place]
            start, size = place, own
    if letters:
        yield letters[start:]


def encode_frame(letters: Sequence[DeadLetter]) -> bytes:
    """One frame."""
    encoder = msgspec.json.Encoder()
    lines = b"".join(encoder.encode(_line(letter)) + b"\n" for letter in letters)
    packed = zstandard.ZstdCompressor(level=3).compress(lines)
    return HEAD.pack(MAGIC, len(packed), len(letters), _checksum(packed)) + packed


def read_frames(file: BinaryIO) -> Iterator[list[DeadLetter] | Damage]:
    """The frames of one part in order; ends with `Damage` where it cannot be read on."""
    decoder = msgspec.json.Decoder(_Line)
    while True:
        offset = file.tell()
        head = file.read(HEAD.size)
        if not head:
            return
        frame = _frame(head, file)
        if isinstance(frame, str):
            yield Damage(offset, frame)
            return
        try:
            lines = zstandard.ZstdDecompressor().decompress(frame, max_output_size=MOST).splitlines()
            letters = [_letter(decoder.decode(line)) for line in lines]
        except (zstandard.ZstdError, msgspec.DecodeError, ValueError) as error:
            yield Damage(offset, f"the frame cannot be decoded: {error}")
            return
        yield letters


def _frame(head: bytes, file: BinaryIO) -> bytes | str:
    if len(head) < HEAD.size:
        return CUT
    magic, length, _, checksum = HEAD.unpack(head)
    if magic != MAGIC or length > MOST:
        return "no frame begins here"
    packed = file.read(length)
    if len(packed) < length:
        return CUT
    if _checksum(packed) != checksum:
        return "the checksum of a frame is wrong"
    return packed


def _checksum(packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=16).digest()


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _line(letter: DeadLetter) -> _Line:
    payload = letter.payload if isinstance(letter.payload, Payload) else Payload(b"")
    return _Line(
        key=letter.ref.key,
        nth=letter.ref.nth,
        digest=letter.ref.digest.hex(),
        body=_text(payload.body),
        headers=[
            (_text(header.name.encode("utf-8", "surrogateescape")), _text(header.value), header.type)
            for header in payload.headers
        ],
        address=_safe(letter.address),
        at=letter.at.isoformat() if letter.at else None,
        gone=letter.payload.why if isinstance(letter.payload, Gone) else None,
        origin=_safe(letter.origin.resource) if letter.origin else None,
        target=_safe(letter.origin.target.name) if letter.origin and letter.origin.target else None,
        reason=letter.death.reason,
        attempts=letter.attempts,
    )


def _safe(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _letter(line: _Line) -> DeadLetter:
    payload: Payload | Gone
    if line.gone is not None:
        payload = Gone(line.gone)
    else:
        headers = tuple(
            Header(b64decode(name).decode("utf-8", "surrogateescape"), b64decode(value), kind)
            for name, value, kind in line.headers
        )
        payload = Payload(b64decode(line.body), headers)
    return DeadLetter(
        ref=MessageRef(line.key, line.nth, bytes.fromhex(line.digest)),
        payload=payload,
        address=line.address,
        at=datetime.fromisoformat(line.at) if line.at else None,
        origin=Origin(line.origin, TargetRef(line.target) if line.target else None) if line.origin else None,
        death=Death(line.reason),
        attempts=line.attempts,
    )
