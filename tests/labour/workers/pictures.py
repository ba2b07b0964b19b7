"""Pictures of nobody, as phones, scanners and people of ill will make them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
SECRET = "22.5431N-114.0579E"
"""Where nobody shall learn that the picture was taken; it stands in every place that a file has for words."""


def picture(width: int = 1200, height: int = 1600, mode: str = "RGB", *, noisy: bool = False) -> Image.Image:
    """Red above, blue below, so that one sees which side is up; noisy for what hardly compresses."""
    if noisy:
        return Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3)).convert(mode)
    made = Image.new("RGB", (width, height), "red")
    made.paste("blue", (0, height // 2, width, height))
    return made.convert(mode)


def jpeg(made: Image.Image | None = None, **options: Any) -> bytes:
    """As a phone saves it."""
    held = io.BytesIO()
    (made or picture()).save(held, "JPEG", **{"quality": 95} | options)
    return held.getvalue()


def png(made: Image.Image | None = None, **options: Any) -> bytes:
    """Without loss."""
    held = io.BytesIO()
    (made or picture(300, 400)).save(held, "PNG", **options)
    return held.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Which side is up, the phone's maker, and where it stood."""
    tags = Image.Exif()
    tags[ORIENTATION], tags[MAKE] = orientation, SECRET
    tags.get_ifd(GPS)[1] = SECRET
    return tags


def talkative_jpeg() -> bytes:
    """EXIF with GPS, XMP, a comment, a colour profile, and bytes behind the end."""
    return jpeg(exif=exif(), comment=SECRET, xmp=SECRET.encode(), icc_profile=SECRET.encode()) + SECRET.encode()


def talkative_png() -> bytes:
    """The same in chunks of words."""
    words = PngInfo()
    words.add_text("Comment", SECRET)
    words.add_itxt("XML:com.adobe.xmp", SECRET)
    return png(pnginfo=words, exif=exif(), icc_profile=SECRET.encode()) + SECRET.encode()


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises so many pixels, and whose body is a few zeros."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
