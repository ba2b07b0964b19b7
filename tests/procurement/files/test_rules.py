"""What a file is, by its name and by its bytes."""

from __future__ import annotations

import pytest

from chassis.files.rules import BEGINNINGS, WORKBOOK, MediaType, fits_content, fits_name


@pytest.mark.parametrize("kind", MediaType)
@pytest.mark.parametrize("bytes_of", MediaType)
def test_a_type_is_known_by_its_bytes_alone(kind: MediaType, bytes_of: MediaType) -> None:
    assert fits_content(kind, BEGINNINGS[bytes_of] + b"...", WORKBOOK) == (kind is bytes_of)


@pytest.mark.parametrize("head", [b"", b"MZ\x90\x00", b" %PDF-1.7", b"<html>%PDF-1.7"])
def test_what_only_holds_a_pdf_is_none(head: bytes) -> None:
    assert not fits_content(MediaType.PDF, head, frozenset())


@pytest.mark.parametrize("missing", sorted(WORKBOOK))
def test_a_zip_is_not_yet_a_workbook(missing: str) -> None:
    assert not fits_content(MediaType.XLSX, b"PK\x03\x04", WORKBOOK - {missing})


@pytest.mark.parametrize(
    ("kind", "name", "fits"),
    [
        (MediaType.PDF, "合格证.PDF", True),
        (MediaType.PDF, "certificate.pdf.exe", False),
        (MediaType.PDF, "certificate", False),
        (MediaType.JPEG, "photo.jpeg", True),
        (MediaType.JPEG, "photo.png", False),
        (MediaType.XLSX, "quote.xls", False),
    ],
)
def test_a_name_ends_as_its_type_does(kind: MediaType, name: str, fits: bool) -> None:
    assert fits_name(kind, name) == fits
