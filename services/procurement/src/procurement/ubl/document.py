"""XML ↔ checked tree: nothing is trusted that comes in, and everything that goes out fits the schema of OASIS.

What is read: UTF-8, at most LARGEST bytes, no document type and so no entity, no network, a bounded depth (libxml2's
256), the root that is asked for, and valid. The parser is told the encoding, so that no declaration can make two
readers see two documents.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from procurement.ubl import errors

XML = "application/xml"
LARGEST = 2 * 1024 * 1024
DOCUMENTS = ("Order", "OrderResponse", "DespatchAdvice", "Invoice", "CreditNote")

_SCHEMAS = Path(__file__).with_name("schemas")
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CCT = "urn:un:unece:uncefact:data:specification:CoreComponentTypeSchemaModule:2"
CAC = f"{_UBL}CommonAggregateComponents-2"
CBC = f"{_UBL}CommonBasicComponents-2"
NAMES = {"cac": CAC, "cbc": CBC}


def namespace(document: str) -> str:
    """The namespace of a document's root."""
    return f"{_UBL}{document}-2"


def parsed(content: bytes, document: str) -> Element:
    """The root of a valid document of this kind.

    MalformedRequest XML_UNREADABLE or UBL_DOCUMENT_UNKNOWN; InvalidArgument with UBL_INVALID per line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.unreadable("UTF-8") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise errors.unreadable("<!DOCTYPE>")
    reader = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), reader)
    except etree.XMLSyntaxError as broken:
        raise errors.unreadable(str(broken.msg)) from None
    if root.tag != f"{{{namespace(document)}}}{document}":
        raise errors.not_this_document(document)
    _validate(root)
    return root


def written(root: Element) -> bytes:
    """The document as bytes, valid."""
    _validate(root)
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return text


def _validate(root: Element) -> None:
    schema = _schema()
    if not schema.validate(root):
        raise errors.against_the_schema([(fault.line, fault.message) for fault in schema.error_log])


@cache
def _schema() -> etree.XMLSchema:
    """One schema of all documents. Core components come first: UBL imports them without saying where they are."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Kept())
    places = {_CCT: "CCTS_CCT_SchemaModule.xsd"} | {namespace(one): f"UBL-{one}-2.1.xsd" for one in DOCUMENTS}
    xsd = "http://www.w3.org/2001/XMLSchema"
    root = etree.Element(f"{{{xsd}}}schema")
    for name, place in places.items():
        etree.SubElement(root, f"{{{xsd}}}import", namespace=name, schemaLocation=place)
    return etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))


class _Kept(etree.Resolver):  # type: ignore[misc]
    """Schemas are the files beside this module and nothing else."""

    _files = {path.name: path for path in _SCHEMAS.rglob("*.xsd")} | {
        "UBL-ExtensionContentDataType-2.1.xsd": _SCHEMAS / "extension-content.xsd"
    }

    def resolve(self, system_url: str, _public_id: str, context: Any) -> Any:
        """KeyError for a schema that is not kept."""
        name = system_url.rpartition("/")[2]
        return self.resolve_string(self._files[name].read_bytes(), context, base_url=name)
