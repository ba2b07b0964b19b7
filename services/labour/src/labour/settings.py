"""What labour reads from its environment beside what every service does."""

from __future__ import annotations

from pydantic import SecretStr, field_validator

from chassis.settings import Settings
from labour.crypto import Vault


class LabourSettings(Settings):
    """`projects_grpc` is required: whether an employer is a party of a project is asked there.

    `encryption_keys` is JSON, `{"k1": "<base64 of 32 bytes>"}`; every key decrypts, the last one encrypts.
    `blind_index_key` is base64 of at least 32 bytes; it never changes, or nobody is found again.
    """

    projects_grpc: str
    encryption_keys: dict[str, SecretStr]
    blind_index_key: SecretStr

    @field_validator("encryption_keys")
    @classmethod
    def _not_empty(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if not keys:
            raise ValueError("at least one encryption key is needed")
        return keys

    def vault(self) -> Vault:
        """The vault that these keys open."""
        keys = {name: key.get_secret_value() for name, key in self.encryption_keys.items()}
        return Vault.from_text(keys, self.blind_index_key.get_secret_value())
