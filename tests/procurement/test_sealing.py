"""Envelope encryption of sealed quotes."""

from __future__ import annotations

import base64

import pytest

from procurement.sealing import SMALLEST, Seals, UnsealableError

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_is_sealed_opens_in_its_place_alone() -> None:
    """Moved to another row, or altered, it does not."""
    seals = Seals({"k1": OLD})
    seal = seals.unwrap(seals.new_key("a"), "a")
    sealed = seal.close(b'{"price":"1"}', "here")
    assert seal.open(sealed, "here") == b'{"price":"1"}'
    for wrong, place in ((sealed, "there"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "here"), (b"", "here")):
        with pytest.raises(UnsealableError):
            seal.open(wrong, place)


def test_a_data_key_belongs_to_its_place() -> None:
    seals = Seals({"k1": OLD})
    with pytest.raises(UnsealableError):
        seals.unwrap(seals.new_key("a"), "b")


def test_keys_rotate() -> None:
    """What the old key wrapped the new ring unwraps; what the new one wrapped names it; fingerprints stay."""
    before, after = Seals({"k1": OLD}), Seals({"k1": OLD, "k2": NEW})
    wrapped = before.new_key("a")
    sealed = before.unwrap(wrapped, "a").close(b"{}", "here")
    assert after.unwrap(wrapped, "a").open(sealed, "here") == b"{}"
    assert after.new_key("a").startswith("k2:")
    assert after.hide(b"x") == before.hide(b"x") != Seals({"k2": NEW}).hide(b"x")
    with pytest.raises(UnsealableError):
        Seals({"k2": NEW}).unwrap(wrapped, "a")


def test_the_length_does_not_tell_how_much_is_sealed() -> None:
    """One line and twenty are as long."""
    seals = Seals({"k1": OLD})
    seal = seals.unwrap(seals.new_key("a"), "a")
    lengths = {len(seal.close(b"x" * size, "a")) for size in (1, 100, SMALLEST)}
    assert len(lengths) == 1
    assert len(seal.close(b"x" * (SMALLEST + 1), "a")) > max(lengths)


@pytest.mark.parametrize("keys", [{}, {"k1": b"short"}, {"k:1": OLD}])
def test_unfit_keys_are_refused(keys: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="sealing keys"):
        Seals(keys)


def test_keys_come_in_base64() -> None:
    text = base64.b64encode(OLD).decode()
    assert Seals.from_text({"k1": text}).hide(b"x") == Seals({"k1": OLD}).hide(b"x")
