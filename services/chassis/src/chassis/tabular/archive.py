"""A ZIP archive, inflated without trusting what it says about itself.

Sizes in a ZIP's headers are the sender's claim. Here every member is inflated by ourselves, the bytes that come out are
counted, and whoever reads the workbook gets a new archive of exactly those bytes: two readers cannot disagree about it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from chassis.tabular import errors

MOST_BYTES = 32 * 1024 * 1024
"""Inflated, all members together."""
MOST_TIMES = 100
"""Inflated bytes per packed byte, of the whole file."""
ALWAYS_TAKEN = 1024 * 1024
"""A small file may inflate to this whatever its ratio."""
MOST_MEMBERS = 1_000
_LOCAL_HEADER = 30
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def inflated(content: bytes, kind: str) -> dict[str, bytes]:
    """The members by name; of two with one name the last.

    PayloadTooLarge FILE_INFLATES_TOO_MUCH beyond MOST_BYTES or MOST_TIMES; MalformedRequest `<kind>_UNREADABLE` for
    what is no archive, is encrypted, or says other sizes than it has.
    """
    left = min(MOST_BYTES, max(ALWAYS_TAKEN, MOST_TIMES * len(content)))
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError, ValueError):
        raise errors.unreadable(kind, "no ZIP archive") from None
    if len(members) > MOST_MEMBERS:
        raise errors.inflates_too_much()
    for member in members:
        data = _inflated(content, member, left, kind)
        left -= len(data)
        found[member.filename] = data
    return found


def stored(members: Mapping[str, bytes]) -> bytes:
    """A new archive of these members, not packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", _STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return target.getvalue()


def _inflated(content: bytes, member: zipfile.ZipInfo, most: int, kind: str) -> bytes:
    start = member.header_offset
    header = content[start : start + _LOCAL_HEADER]
    if member.flag_bits & 0x1 or len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise errors.unreadable(kind, "encrypted or damaged")
    start += _LOCAL_HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = content[start : start + member.compress_size]
    if member.compress_type == _STORED:
        data = packed
    elif member.compress_type == _DEFLATED:
        data = _deflated(packed, most, kind)
    else:
        raise errors.unreadable(kind, "packed in an unknown way")
    if len(data) > most:
        raise errors.inflates_too_much()
    if len(data) != member.file_size:
        raise errors.unreadable(kind, "a member has another size than it says")
    return data


def _deflated(packed: bytes, most: int, kind: str) -> bytes:
    try:
        # One byte more than allowed is enough to know; nothing beyond it is ever made.
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
    except zlib.error:
        raise errors.unreadable(kind, "damaged") from None
