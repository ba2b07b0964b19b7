"""Catalogue and prices as XML, in and out, read without trusting it.

GB/T 50851-2013 describes an XML exchange form with the fields code, description, cost type, unit, price and region
(编码, 描述, 费用类型, 单位, 价格, 区域). **We do not have the standard's annex**: element names and nesting below are
our own, made from those six fields. Whoever has the annex changes this file and nothing else.

    <MaterialExchange standard="GB/T 50851-2013">
      <Item retired="no">
        <Code>01090001</Code>
        <Description><Name>圆钢</Name><NameEn>round bar</NameEn><Specification>HPB300 φ8</Specification></Description>
        <CostType>material</CostType>
        <Unit>t</Unit><Unit>kg</Unit>
        <Price><WithTax>3950.00</WithTax><WithoutTax>3495.58</WithoutTax></Price>
        <Region>440300</Region>
      </Item>
    </MaterialExchange>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from chassis.tabular import CSV, XLSX, errors

XML = "application/xml"
Format = Literal["csv", "xlsx", "xml"]
FORMATS = {"csv": CSV, "xlsx": XLSX, "xml": XML}
"""The kinds of files in which catalogue and prices go out."""
_ROOT = "MaterialExchange"
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<{_ROOT} standard="GB/T 50851-2013">\n'
_TEXTS = {
    "code": "Code",
    "name_zh": "Description/Name",
    "name_en": "Description/NameEn",
    "specification": "Description/Specification",
    "cost_type": "CostType",
    "price_with_tax": "Price/WithTax",
    "price_without_tax": "Price/WithoutTax",
    "region": "Region",
}
EXAMPLE = (
    f"<{_ROOT}><Item><Code>01090001</Code><Description><Name>圆钢</Name></Description><CostType>material</CostType>"
    f"<Unit>t</Unit></Item></{_ROOT}>"
)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as a file says it, unchecked text; `number` counts from 0; what is absent is "" or no unit."""

    number: int = 0
    code: str = ""
    name_zh: str = ""
    name_en: str = ""
    specification: str = ""
    cost_type: str = ""
    units: tuple[str, ...] = ()
    price_with_tax: str = ""
    price_without_tax: str = ""
    region: str = ""
    retired: str = ""


def read(content: bytes, most: int) -> list[Item]:
    """The items of a file in its order.

    MalformedRequest XML_UNREADABLE for what is no such document or declares a document type or entities;
    PayloadTooLarge TOO_MANY_ROWS beyond `most`.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise errors.unreadable("XML", "document types and entities are not read") from None
    except ParseError as broken:
        raise errors.unreadable("XML", str(broken)) from None
    except (LookupError, ValueError):  # what the codec machinery says to an odd encoding declaration
        raise errors.unreadable("XML", "the encoding is not known") from None
    if root.tag != _ROOT:
        raise errors.unreadable("XML", f"the root element must be {_ROOT}")
    elements = root.findall("Item")
    if len(elements) > most:
        raise errors.too_many(most)
    return [_item(number, element) for number, element in enumerate(elements)]


def _item(number: int, element: Element) -> Item:
    texts = {name: (element.findtext(path) or "").strip() for name, path in _TEXTS.items()}
    units = tuple((unit.text or "").strip() for unit in element.findall("Unit"))
    return Item(number=number, units=units, retired=element.get("retired", ""), **texts)


def write(items: Iterable[Item]) -> Iterator[bytes]:
    """The document, in chunks."""
    yield _HEAD.encode()
    for item in items:
        yield tostring(_element(item), encoding="utf-8") + b"\n"
    yield f"</{_ROOT}>\n".encode()


def _element(item: Item) -> Element:
    element = Element("Item")
    if item.retired:
        element.set("retired", item.retired)
    for name, path in _TEXTS.items():
        text = getattr(item, name)
        if text:
            _descend(element, path).text = text
        if name == "cost_type":
            for unit in item.units:
                SubElement(element, "Unit").text = unit
    return element


def _descend(element: Element, path: str) -> Element:
    *parents, last = path.split("/")
    for name in parents:
        found = element.find(name)
        element = SubElement(element, name) if found is None else found
    return SubElement(element, last)
