"""Every table of equipment-leasing, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from equipment_leasing.bookings.models import Booking
from equipment_leasing.hours.models import DayHours
from equipment_leasing.listings.models import Listing
from equipment_leasing.machines.models import Machine
from equipment_leasing.telematics.models import CounterReading, Feed, Unit

TABLES = tables(Machine, Listing, Booking, Feed, Unit, CounterReading, DayHours)
