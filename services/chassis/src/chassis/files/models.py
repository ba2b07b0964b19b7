"""Tables of files."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import Row, one_of, text_enum
from chassis.files.rules import MediaType
from chassis.files.states import State


class File(Row, table=True):
    """An upload (附件) of an organisation; its bytes lie in the file store under `sha256`, once for all who sent them.

    `size` is in bytes; `sha256` is hex.
    """

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sha256", "name", name="files_once"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="files_sha256"),
        CheckConstraint("size > 0", name="files_size"),
        CheckConstraint(one_of("media_type", MediaType), name="files_media_type"),
        CheckConstraint(one_of("state", State), name="files_state"),
        Index("files_content", "sha256"),
    )

    organisation_id: UUID
    name: str
    media_type: MediaType = Field(sa_type=text_enum(MediaType))
    size: int = Field(sa_type=BigInteger)
    sha256: str
    state: State = Field(sa_type=text_enum(State))
    uploaded_by: str


class FileShare(SQLModel, table=True):
    """Another organisation that sees a file, because it hangs on a document of both."""

    __tablename__ = "file_shares"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["file_id"], ["files.id"], name="file_shares_file"),
        Index("file_shares_organisation", "organisation_id", "file_id"),
    )

    file_id: UUID = Field(primary_key=True)
    organisation_id: UUID = Field(primary_key=True)
