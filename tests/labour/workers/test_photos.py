"""What is kept of a picture, and which pictures are none."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chassis.errors import InvalidArgument
from labour.workers.photos import Limits, compressed, limits
from tests.labour.workers.pictures import SECRET, bomb, exif, jpeg, picture, png, talkative_jpeg, talkative_png

WITHIN = limits()


def kept(content: bytes, within: Limits = WITHIN) -> Image.Image:
    """What is kept of a picture, opened."""
    made = compressed(content, within)
    assert len(made) <= within.most_bytes
    opened = Image.open(io.BytesIO(made))
    opened.load()
    return opened


def test_the_limits_are_those_of_the_national_interface() -> None:
    assert WITHIN.most_bytes == 50 * 1024


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (jpeg(), (600, 800)),
        (png(), (300, 400)),
        (jpeg(picture(4000, 3000, noisy=True)), None),
        (png(picture(900, 1200, noisy=True)), None),
        (jpeg(picture(2400, 3200), quality=100, subsampling=0), (600, 800)),
    ],
)
def test_small_enough_and_no_smaller_than_needed(content: bytes, size: tuple[int, int] | None) -> None:
    found = kept(content)
    assert (found.format, found.mode) == ("JPEG", "RGB")
    assert size is None or found.size == size
    assert min(found.size) >= WITHIN.shortest_side
    assert max(found.size) <= WITHIN.longest_side


@pytest.mark.parametrize("content", [talkative_jpeg(), talkative_png()])
def test_nothing_rests_but_the_picture(content: bytes) -> None:
    assert SECRET.encode() in content
    made = compressed(content, WITHIN)
    found = Image.open(io.BytesIO(made))
    assert SECRET.encode() not in made
    assert not found.getexif()
    assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert not any(marker in made for marker in (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"MPF\0"))


@pytest.mark.parametrize(
    ("orientation", "red_at"), [(1, (0.5, 0.1)), (3, (0.5, 0.9)), (6, (0.9, 0.5)), (8, (0.1, 0.5))]
)
@pytest.mark.parametrize("written", [jpeg, png])
def test_what_the_orientation_says_is_done(written: object, orientation: int, red_at: tuple[float, float]) -> None:
    assert callable(written)
    found = kept(written(picture(400, 400), exif=exif(orientation)))
    x, y = (int(share * (side - 1)) for share, side in zip(red_at, found.size, strict=True))
    red, _, blue = found.getpixel((x, y))  # type: ignore[misc]
    assert red > 200 > 50 > blue


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK", "YCbCr"])
def test_every_way_of_keeping_colours(mode: str) -> None:
    made = picture(300, 400).convert("I").convert(mode) if mode == "I;16" else picture(300, 400, mode)
    content = jpeg(made) if mode in ("CMYK", "YCbCr") else png(made)
    found = kept(content)
    assert found.width * 4 == found.height * 3, "the same picture, dithered ones smaller"


def test_what_is_transparent_is_white() -> None:
    found = kept(png(Image.new("RGBA", (300, 300), (0, 0, 0, 0))))
    assert found.getpixel((150, 150)) == (255, 255, 255)


def test_the_name_and_the_declared_type_do_not_count() -> None:
    """Only what the bytes are: another image, a page, a program are none."""
    gif = io.BytesIO()
    picture(300, 300).save(gif, "GIF")
    for content in (
        gif.getvalue(),
        b"",
        b"%PDF-1.7\n",
        b"\xff\xd8\xff\xe0" + bytes(64),
        b"<svg/>",
        jpeg()[:2000],
        png()[:-400],
    ):
        with pytest.raises(InvalidArgument) as refused:
            compressed(content, WITHIN)
        assert refused.value.reason == "PHOTO_UNREADABLE", content[:8]


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (50_000, 50_000, "PHOTO_TOO_MANY_PIXELS"),
        (10_000, 10_000, "PHOTO_TOO_MANY_PIXELS"),
        (10_000, 5_001, "PHOTO_TOO_MANY_PIXELS"),
        (119, 400, "PHOTO_TOO_SMALL"),
        (600, 6_000, "PHOTO_TOO_SMALL"),
        (5_000, 5_000, "PHOTO_UNREADABLE"),
    ],
)
def test_judged_by_its_header_before_anything_is_unpacked(width: int, height: int, code: str) -> None:
    """A bomb promises pixels that it does not have: within the limits, it is one that ends early."""
    with pytest.raises(InvalidArgument) as refused:
        compressed(bomb(width, height), WITHIN)
    assert refused.value.reason == code


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")  # of broken EXIF, before it goes on
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([talkative_jpeg, talkative_png]),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_broken_bytes_are_refused_or_kept_and_nothing_else(
    make: Callable[[], bytes], faults: list[tuple[int, int]]
) -> None:
    """Whichever byte is wrong, there is no other error."""
    broken = bytearray(make())
    for place, byte in faults:
        broken[place % len(broken)] = byte
    with suppress(InvalidArgument):
        kept(bytes(broken))
