"""Every fact that project-mgmt consumes."""

from __future__ import annotations

from chassis.subscriptions import Subscription
from project_mgmt.budgets import handlers as budgets
from project_mgmt.indicators import handlers as indicators
from zhulian.equipment.v1.events_pb2 import MachineHoursRecorded
from zhulian.labour.v1.events_pb2 import AttendanceRecorded
from zhulian.labour.v1.payroll_events_pb2 import PayrollApproved, PayrollPaid
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted, OrderApproved, OrderCancelled
from zhulian.procurement.v1.invoices_events_pb2 import InvoiceApproved
from zhulian.procurement.v1.orders_events_pb2 import (
    OrderAmendmentApproved,
    OrderAmendmentDropped,
    OrderCommitmentChanged,
)
from zhulian.procurement.v1.payments_events_pb2 import PaymentMade

SUBSCRIPTIONS = (
    Subscription(
        durable="project-mgmt--orders-approved",
        stream="PROCUREMENT",
        subject="zhulian.procurement.orders.approved.v1",
        message=OrderApproved,
        handler=budgets.order_approved,
    ),
    Subscription(
        durable="project-mgmt--orders-cancelled",
        stream="PROCUREMENT",
        subject="zhulian.procurement.orders.cancelled.v1",
        message=OrderCancelled,
        handler=budgets.order_cancelled,
    ),
    Subscription(
        durable="project-mgmt--orders-commitment-changed",
        stream="PROCUREMENT",
        subject="zhulian.procurement.orders.commitment-changed.v1",
        message=OrderCommitmentChanged,
        handler=budgets.order_commitment_changed,
    ),
    Subscription(
        durable="project-mgmt--orders-amendment-approved",
        stream="PROCUREMENT",
        subject="zhulian.procurement.orders.amendment-approved.v1",
        message=OrderAmendmentApproved,
        handler=budgets.amendment_approved,
    ),
    Subscription(
        durable="project-mgmt--orders-amendment-dropped",
        stream="PROCUREMENT",
        subject="zhulian.procurement.orders.amendment-dropped.v1",
        message=OrderAmendmentDropped,
        handler=budgets.amendment_dropped,
    ),
    Subscription(
        durable="project-mgmt--deliveries-accepted",
        stream="PROCUREMENT",
        subject="zhulian.procurement.deliveries.accepted.v1",
        message=DeliveryAccepted,
        handler=indicators.delivery_accepted,
    ),
    Subscription(
        durable="project-mgmt--invoices-approved",
        stream="PROCUREMENT",
        subject="zhulian.procurement.invoices.approved.v1",
        message=InvoiceApproved,
        handler=indicators.invoice_approved,
    ),
    Subscription(
        durable="project-mgmt--payments-made",
        stream="PROCUREMENT",
        subject="zhulian.procurement.payments.made.v1",
        message=PaymentMade,
        handler=indicators.payment_made,
    ),
    Subscription(
        durable="project-mgmt--attendance-recorded",
        stream="LABOUR",
        subject="zhulian.labour.attendance.recorded.v1",
        message=AttendanceRecorded,
        handler=indicators.attendance_recorded,
    ),
    Subscription(
        durable="project-mgmt--payrolls-approved",
        stream="LABOUR",
        subject="zhulian.labour.payrolls.approved.v1",
        message=PayrollApproved,
        handler=indicators.payroll_approved,
    ),
    Subscription(
        durable="project-mgmt--payrolls-paid",
        stream="LABOUR",
        subject="zhulian.labour.payrolls.paid.v1",
        message=PayrollPaid,
        handler=indicators.payroll_paid,
    ),
    Subscription(
        durable="project-mgmt--telematics-hours-recorded",
        stream="EQUIPMENT_LEASING",
        subject="zhulian.equipment-leasing.telematics.hours-recorded.v1",
        message=MachineHoursRecorded,
        handler=indicators.machine_hours_recorded,
    ),
)
