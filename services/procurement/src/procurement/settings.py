"""What procurement reads from its environment beside what every service does."""

from __future__ import annotations

from pydantic import SecretStr, field_validator

from chassis.settings import FileSettings, VaultSettings
from procurement.sealing import Seals


class ProcurementSettings(VaultSettings, FileSettings):
    """`projects_grpc` (budget) and `labour_grpc` (standings) are required. The vault keeps suppliers' bank accounts.

    `sealing_keys` is JSON, `{"k1": "<base64 of 32 bytes>"}`: they wrap the data keys of sealed quotes; every key
    unwraps, the last one wraps. They are never in the database, or a dump of it would open the quotes.
    """

    projects_grpc: str
    labour_grpc: str
    sealing_keys: dict[str, SecretStr]

    @field_validator("sealing_keys")
    @classmethod
    def _not_empty(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if not keys:
            raise ValueError("at least one sealing key is needed")
        return keys

    def seals(self) -> Seals:
        """The seals that these keys make."""
        return Seals.from_text({name: key.get_secret_value() for name, key in self.sealing_keys.items()})
