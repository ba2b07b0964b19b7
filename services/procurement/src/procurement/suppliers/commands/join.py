"""A supplier joins a buyer by invitation: a link that works once (onboarding 邀请入驻).

Who has no account registers its organisation through the gateway first; the link is of use once the organisation is
admitted and its member has signed in, because only then its unified social credit code can be compared.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.crypto import Vault
from chassis.ids import new_id
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.suppliers import errors, events, repository, rules, states
from procurement.suppliers.commands.licences import share_scans
from procurement.suppliers.models import Invitation, SupplierFile
from procurement.suppliers.service import FileContent, MaskedFile, Verb, audited, masked
from procurement.suppliers.states import Action
from zhulian.procurement.v1.suppliers_events_pb2 import SupplierChanged

TOKEN_BYTES = 32
LINK = "/suppliers/join#"
"""A console's page; the token stands behind the #, which browsers do not send, so that no log has it."""


@dataclass(frozen=True, slots=True)
class InviteSupplier:
    """A firm by its unified social credit code, and what the buyer writes about it."""

    uscc: str
    content: FileContent


@dataclass(frozen=True, slots=True)
class Invited:
    """A file with an open invitation, and until when the link works."""

    seen: MaskedFile
    expires_at: datetime

    @property
    def version(self) -> int:
        """Of the file, for the entity tag."""
        return self.seen.version


async def invite(work: Work, command: InviteSupplier, vault: Vault) -> tuple[Invited, str]:
    """Open a file about a firm and invite it; answers the link's path, which is nowhere kept.

    AlreadyExists SUPPLIER_FILE_EXISTS when the buyer has a file about this firm.
    """
    work.require(permissions.SUPPLIERS_MANAGE)
    if command.uscc == work.principal.uscc:
        raise errors.own_organisation()
    content = command.content
    file = SupplierFile(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        buyer_id=work.principal.organisation_id,
        uscc=command.uscc,
        name_zh=content.name_zh,
        name_en=content.name_en,
        small_firm=content.small_firm,
        kinds=rules.distinct(content.kinds),
        contacts=list(content.contacts),
        note=content.note,
        state=states.SUPPLIER.initial,
    )
    session = await work.writing()
    await repository.add(session, file)
    work.audit("suppliers.invite", "supplier_file", file.id, None, audited(file))
    return _issue(work, session, masked(file, vault))


async def invite_again(work: Work, command: Verb, vault: Vault) -> tuple[Invited, str]:
    """A new link for a firm that has not joined yet; the one before works no more."""
    work.require(permissions.SUPPLIERS_MANAGE)
    session = await work.writing()
    file = await repository.get(session, work.principal, command.file_id, lock=True)
    check_version(file, command.expected_version)
    file.state = states.SUPPLIER.apply(file.state, Action.INVITE)
    await repository.replace_invitations(session, file.id, work.now)
    touch(file, work)
    invited, link = _issue(work, session, masked(file, vault))
    after = {"expires_at": invited.expires_at.isoformat()}
    work.audit("suppliers.invite-again", "supplier_file", file.id, None, after)
    return invited, link


async def redeem(work: Work, token: str) -> SupplierFile:
    """The invited firm takes its link: from now on the file is about the caller's organisation.

    NotFound INVITATION_NOT_FOUND; FailedPrecondition INVITATION_USED, INVITATION_EXPIRED, INVITATION_FOR_ANOTHER.
    """
    work.require(permissions.INVITATIONS_REDEEM)
    token_hash = sha256(token.encode()).digest()
    session = await work.writing()
    invitation = await repository.invitation(session, token_hash)
    file = await repository.locked(session, invitation.supplier_file_id)
    invitation = await repository.invitation(session, token_hash)  # as it is under the lock
    if invitation.redeemed_at is not None:
        raise errors.invitation_used()
    if invitation.expires_at <= work.now:
        raise errors.invitation_expired()
    if file.uscc != work.principal.uscc:
        raise errors.invitation_for_another()
    before = audited(file)
    file.supplier_id = work.principal.organisation_id
    file.state = states.SUPPLIER.apply(file.state, Action.ADMIT)
    touch(file, work)
    invitation.redeemed_at = work.now
    touch(invitation, work)
    await share_scans(work, file, work.principal.organisation_id)
    after = audited(file) | {"supplier_id": str(file.supplier_id)}
    work.audit("suppliers.admit", "supplier_file", file.id, before, after)
    work.emit(events.changed(file, SupplierChanged.CHANGE_ADMITTED))
    return file


def _issue(work: Work, session: AsyncSession, seen: MaskedFile) -> tuple[Invited, str]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        supplier_file_id=seen.file.id,
        token_hash=sha256(token.encode()).digest(),
        expires_at=work.now + rules.INVITATION_LASTS,
    )
    session.add(invitation)
    return Invited(seen, invitation.expires_at), LINK + token
