"""XML that comes in is not trusted, and what goes out fits the schema of OASIS."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lxml import etree

from chassis.errors import InvalidArgument, MalformedRequest
from procurement.ubl import document
from procurement.ubl.document import DOCUMENTS, namespace, parsed, written

ORDER = namespace("Order")
HEAD = (
    f'<Order xmlns="{ORDER}" xmlns:cac="{document.CAC}" xmlns:cbc="{document.CBC}"'
    ' xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
)
PARTIES = "<cac:BuyerCustomerParty/><cac:SellerSupplierParty/>"
LINE = "<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cac:Item/></cac:LineItem></cac:OrderLine>"
GOOD = f"{HEAD}<cbc:ID>PO-1</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>{PARTIES}{LINE}</Order>"
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY a{n} "{"&a" + (str(n - 1) if n else "") + ";"}{"&a;" * 9}">' for n in range(9))
    + "]>"
)


def refused(content: bytes) -> str:
    with pytest.raises((MalformedRequest, InvalidArgument)) as caught:
        parsed(content, "Order")
    return caught.value.violations[0].code if caught.value.violations else caught.value.reason


def test_a_good_document_is_read() -> None:
    assert parsed(GOOD.encode(), "Order").tag == f"{{{ORDER}}}Order"
    assert parsed(b"\xef\xbb\xbf" + GOOD.encode(), "Order") is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"no XML",
        GOOD[:-5].encode(),
        GOOD[: len(GOOD) // 2].encode(),
        GOOD.encode("utf-16"),
        f'<?xml version="1.0" encoding="GBK"?>{GOOD}'.encode("gbk").replace(b"PO-1", "订单".encode("gbk")),
        GOOD.replace("PO-1", "\x01").encode(),
        ("<a>" * 100_000).encode(),
    ],
    ids=["empty", "nul", "text", "truncated", "half", "utf-16", "gbk", "control", "deep"],
)
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    assert refused(content) == "XML_UNREADABLE"


@pytest.mark.parametrize(
    "prolog",
    [
        BOMB,
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
        "<!DOCTYPE x>",
    ],
    ids=["billion-laughs", "file", "dtd", "parameter", "bare"],
)
def test_xml_with_entities_is_refused_before_anything_is_expanded(prolog: str) -> None:
    content = (prolog + GOOD.replace("PO-1", "&a8;")).encode()
    begun = time.perf_counter()
    assert refused(content) == "XML_UNREADABLE"
    assert time.perf_counter() - begun < 1


def test_a_declared_encoding_does_not_change_what_is_read() -> None:
    """A document type in UTF-7 would be one only for a reader that believes the declaration."""
    content = f'<?xml version="1.0" encoding="UTF-7"?>{GOOD.replace("PO-1", "+ADw-x+AD4-")}'.encode()
    root = parsed(content, "Order")
    assert root.findtext(f"{{{document.CBC}}}ID") == "+ADw-x+AD4-"


def test_another_document_and_another_version_are_refused() -> None:
    assert refused(GOOD.replace("<Order ", "<Orders ").replace("</Order>", "</Orders>").encode()) == (
        "UBL_DOCUMENT_UNKNOWN"
    )
    assert refused(GOOD.replace("xsd:Order-2", "xsd:Order-3").encode()) == "UBL_DOCUMENT_UNKNOWN"
    with pytest.raises(MalformedRequest, match="UBL_DOCUMENT_UNKNOWN"):
        parsed(GOOD.encode(), "DespatchAdvice")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<cbc:IssueDate>2026-11-23</cbc:IssueDate>", ""),
        ("2026-11-23", "23.11.2026"),
        (LINE, ""),
        ("<cac:Item/>", "<cac:Item/><cbc:Invented/>"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused_with_its_line(old: str, new: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parsed(GOOD.replace(old, new).encode(), "Order")
    assert {one.code for one in caught.value.violations} == {"UBL_INVALID"}
    assert caught.value.violations[0].pointer == "line:1"


def test_an_extension_passes_unread() -> None:
    extension = (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
        "</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    assert parsed(GOOD.replace("<cbc:ID>PO-1", f"{extension}<cbc:ID>PO-1").encode(), "Order") is not None


def test_what_does_not_fit_is_not_written() -> None:
    with pytest.raises(InvalidArgument):
        written(etree.Element(f"{{{ORDER}}}Order"))


def test_every_schema_that_is_kept_is_needed_and_none_is_fetched() -> None:
    folder = Path(document.__file__).with_name("schemas")
    kept = {path.name for path in (folder / "maindoc").iterdir()}
    assert kept == {f"UBL-{one}-2.1.xsd" for one in DOCUMENTS}
    with pytest.raises(KeyError):
        document._Kept().resolve("http://www.w3.org/xmldsig-core-schema.xsd", "", None)
