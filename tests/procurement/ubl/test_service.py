"""What a document may do is what its sender may do."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, PermissionDenied
from procurement.ubl import service
from tests.harness import Harness
from tests.procurement.conftest import Orders


async def test_nobody_is_told_about_a_document_whose_verb_he_may_not_do(procurement: Harness, orders: Orders) -> None:
    """Permission comes first: the document is not even read."""
    for caller, take in ((orders.sales, service.take_order), (orders.buyer, service.take_despatch)):
        async with procurement.work(caller) as work:
            with pytest.raises(PermissionDenied):
                await take(work, b"no XML")


async def test_a_buyer_does_not_respond_to_its_own_order(procurement: Harness, orders: Orders) -> None:
    async with procurement.work(orders.buyer) as work:
        with pytest.raises(PermissionDenied):
            await service.take_response(work, b"", None)


async def test_a_despatch_advice_for_an_order_that_is_not_confirmed_is_refused(
    procurement: Harness, orders: Orders
) -> None:
    confirmed, approved = await orders.confirmed(), await orders.approved()
    async with procurement.work(orders.sales) as work:
        [order] = await service.order_document(work, confirmed)
    advice = (
        '<DespatchAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        "<cbc:ID>DN-1</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate><cac:OrderReference><cbc:ID>x</cbc:ID>"
        f"<cbc:UUID>{approved}</cbc:UUID></cac:OrderReference><cac:AdditionalDocumentReference><cbc:ID>QC-1</cbc:ID>"
        "<cbc:DocumentTypeCode>product-certificate</cbc:DocumentTypeCode><cac:Attachment><cac:ExternalReference>"
        f"<cbc:DocumentHash>{'a' * 64}</cbc:DocumentHash></cac:ExternalReference></cac:Attachment>"
        "</cac:AdditionalDocumentReference><cac:DespatchSupplierParty/><cac:DeliveryCustomerParty/><cac:DespatchLine>"
        '<cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode="TNE">1</cbc:DeliveredQuantity><cac:OrderLineReference>'
        "<cbc:LineID>1</cbc:LineID></cac:OrderLineReference><cac:Item/></cac:DespatchLine></DespatchAdvice>"
    ).encode()
    async with procurement.work(orders.sales) as work:
        with pytest.raises(FailedPrecondition, match="INVALID_STATE"):
            await service.take_despatch(work, advice)
    async with procurement.work(orders.sales) as work:
        with pytest.raises(InvalidArgument):
            await service.take_despatch(work, advice.replace(str(approved).encode(), b"PO-1"))
    assert order.startswith(b"<?xml")
