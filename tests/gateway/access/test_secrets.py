"""Secrets at rest."""

from __future__ import annotations

import base64

import pytest

from gateway.access.secrets import Cipher, new_client_secret, new_password

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def test_a_sealed_secret_opens_for_its_name_only() -> None:
    cipher = Cipher({"k1": OLD})
    issued = cipher.seal("hunter2", "a@example.com")
    assert "hunter2" not in issued.sealed
    assert cipher.open(issued.sealed, "a@example.com") == "hunter2"
    with pytest.raises(ValueError, match="cannot be opened"):
        cipher.open(issued.sealed, "b@example.com")


def test_the_last_key_seals_and_all_open() -> None:
    before = Cipher({"k1": OLD}).seal("x", "n").sealed
    both = Cipher({"k1": OLD, "k2": NEW})
    assert both.open(before, "n") == "x"
    assert both.seal("x", "n").sealed.startswith("k2:")
    with pytest.raises(ValueError, match="cannot be opened"):
        Cipher({"k2": NEW}).open(before, "n")


def test_a_changed_value_does_not_open() -> None:
    cipher = Cipher({"k1": OLD})
    name, _, encoded = cipher.seal("secret", "n").sealed.partition(":")
    data = bytearray(base64.b64decode(encoded))
    data[-1] ^= 1
    with pytest.raises(ValueError, match="cannot be opened"):
        cipher.open(f"{name}:{base64.b64encode(bytes(data)).decode()}", "n")


def test_keys_of_another_length_and_none_are_refused() -> None:
    with pytest.raises(ValueError, match="256"):
        Cipher({"k1": base64.b64encode(b"short").decode()})
    with pytest.raises(ValueError, match="at least one"):
        Cipher({})


def test_secrets_do_not_repeat() -> None:
    assert len({new_password() for _ in range(100)} | {new_client_secret() for _ in range(100)}) == 200
