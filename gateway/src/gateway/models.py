"""Every table of the gateway, for migrations and for the test that compares them with the database."""

from __future__ import annotations

from chassis.database import tables
from gateway.access.affiliations.models import Affiliation
from gateway.access.clients.models import Client
from gateway.access.members.models import Member
from gateway.access.organisations.models import Organisation

TABLES = tables(Organisation, Member, Client, Affiliation)
