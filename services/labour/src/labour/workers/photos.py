"""Head images as they are kept: small, upright, and nothing in them but the picture. Pure, and slow: for a thread.

What an image is, its bytes say; name and content type are not asked. It is drawn anew, so that no EXIF, GPS position,
XMP, comment, colour profile, second picture or foreign bytes behind the end come along.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from PIL import Image, ImageOps

from labour.workers import errors

FORMATS = ("JPEG", "PNG")
QUALITIES = (85, 75, 65, 55)
"""Of JPEG, tried in this order at each size; below, blocks are seen before a smaller picture is."""
STEP = 0.8
"""From one size to the next."""
_UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, struct.error)
"""What Pillow raises for bytes that are no image, end early, or lie about themselves."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of what is kept, pixels of its sides, and pixels of what comes in."""

    most_bytes: int
    longest_side: int
    shortest_side: int
    most_pixels: int


@lru_cache(maxsize=1)
def limits() -> Limits:
    """From data/photo-rules.json."""
    raw = json.loads(files("labour.workers").joinpath("data", "photo-rules.json").read_text(encoding="utf-8"))
    picture = raw["picture"]
    return Limits(raw["size"]["most_bytes"], picture["longest_side"], picture["shortest_side"], picture["most_pixels"])


def compressed(content: bytes, within: Limits) -> bytes:
    """A JPEG or PNG as it is kept: a JPEG within these limits.

    InvalidArgument PHOTO_UNREADABLE, PHOTO_TOO_MANY_PIXELS (before anything is unpacked), PHOTO_TOO_SMALL.
    """
    picture = _drawn_anew(content, within)
    while True:
        for quality in QUALITIES:
            made = io.BytesIO()
            picture.save(made, "JPEG", quality=quality, optimize=True)
            if made.tell() <= within.most_bytes:
                return made.getvalue()
        picture = picture.resize((_smaller(picture.width), _smaller(picture.height)), Image.Resampling.LANCZOS)


def _smaller(side: int) -> int:
    return max(1, int(side * STEP))


def _drawn_anew(content: bytes, within: Limits) -> Image.Image:
    """Upright, in RGB on white, at most so long; without anything that came beside the pixels."""
    try:
        opened = Image.open(io.BytesIO(content), formats=FORMATS)
        _demand_size(opened.size, within)
        opened.draft("RGB", (within.longest_side, within.longest_side))  # a JPEG is unpacked no larger than needed
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((within.longest_side, within.longest_side), Image.Resampling.LANCZOS)
        transparent = upright.has_transparency_data
        colours = upright.convert("RGBA" if transparent else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise errors.photo_too_many_pixels(within.most_pixels) from None
    except _UNREADABLE:
        raise errors.photo_unreadable() from None
    drawn = Image.new("RGB", colours.size, "white")
    drawn.paste(colours, mask=colours.getchannel("A") if transparent else None)
    return drawn


def _demand_size(size: tuple[int, int], within: Limits) -> None:
    """By what the header says, before a pixel is unpacked."""
    short, long = sorted(size)
    if short * long > within.most_pixels:
        raise errors.photo_too_many_pixels(within.most_pixels)
    if short * min(1.0, within.longest_side / long) < within.shortest_side:
        raise errors.photo_too_small(within.shortest_side)
