"""Personal data at rest: encrypted, indexed blindly, shown masked."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.crypto import UndecipherableError, Vault, mask

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
VAULT = Vault({"k1": OLD}, INDEX)
PLACE = "people.id_number:1"


@given(st.text(max_size=60))
def test_what_goes_in_comes_out(value: str) -> None:
    stored = VAULT.encrypt(value, PLACE)
    assert stored.startswith("k1:")
    assert VAULT.decrypt(stored, PLACE) == value


def test_the_same_number_never_looks_the_same() -> None:
    assert VAULT.encrypt("11010519491231002X", PLACE) != VAULT.encrypt("11010519491231002X", PLACE)


def test_old_keys_decrypt_and_the_newest_encrypts() -> None:
    """Rotation: values of the old key stay readable, new ones name the new key; without the old key they are lost."""
    stored = VAULT.encrypt("secret", PLACE)
    rotated = Vault({"k1": OLD, "k2": NEW}, INDEX)
    assert rotated.decrypt(stored, PLACE) == "secret"
    assert not rotated.is_current(stored)
    fresh = rotated.encrypt("secret", PLACE)
    assert fresh.startswith("k2:")
    assert rotated.is_current(fresh)
    with pytest.raises(UndecipherableError):
        Vault({"k2": NEW}, INDEX).decrypt(stored, PLACE)


@pytest.mark.parametrize("place", ["people.id_number:2", "workers.birth_date:1", ""])
def test_a_value_that_was_moved_does_not_decrypt(place: str) -> None:
    """Who can write to the database cannot give one person another one's number."""
    with pytest.raises(UndecipherableError):
        VAULT.decrypt(VAULT.encrypt("secret", PLACE), place)


@pytest.mark.parametrize("stored", ["", "k1", "k1:", "k1:AAAA", "k9:AAAA", "k1:not base64", "secret"])
def test_what_is_no_value_of_ours_does_not_decrypt(stored: str) -> None:
    with pytest.raises(UndecipherableError):
        VAULT.decrypt(stored, PLACE)


def test_one_changed_bit_is_noticed() -> None:
    name, _, body = VAULT.encrypt("secret", PLACE).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[-1] ^= 1
    with pytest.raises(UndecipherableError):
        VAULT.decrypt(f"{name}:{base64.b64encode(bytes(raw)).decode()}", PLACE)


def test_the_index_finds_the_same_and_tells_parts_apart() -> None:
    assert VAULT.index("person", "01", "1") == VAULT.index("person", "01", "1")
    assert VAULT.index("person", "01", "1") != VAULT.index("person", "0", "11")
    assert VAULT.index("person", "01", "1") != Vault({"k1": OLD}, b"j" * 32).index("person", "01", "1")


@pytest.mark.parametrize(
    ("keys", "index"),
    [({}, INDEX), ({"k1": b"short"}, INDEX), ({"a:b": OLD}, INDEX), ({"k1": OLD}, b"short")],
)
def test_unfit_keys_are_refused_at_the_start(keys: dict[str, bytes], index: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        Vault(keys, index)


def test_keys_of_the_environment_are_base64() -> None:
    text = base64.b64encode(OLD).decode()
    assert Vault.from_text({"k1": text}, text).decrypt(VAULT.encrypt("secret", PLACE), PLACE) == "secret"
    with pytest.raises(ValueError, match="base64"):
        Vault.from_text({"k1": "§"}, text)


def test_a_resident_number_keeps_four_at_each_end() -> None:
    assert mask("440305199001011234") == "4403**********1234"


@given(st.text(alphabet="0123456789ABC", max_size=40))
def test_a_mask_hides_most(value: str) -> None:
    masked = mask(value)
    assert len(masked) == len(value)
    assert sum(char != "*" for char in masked) <= max(2, min(8, len(value) * 2 // 3))
