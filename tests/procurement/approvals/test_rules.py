"""Who has to approve an amount, and who may."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import PermissionDenied
from chassis.identity import Role
from chassis.ids import new_id
from procurement.approvals import rules
from procurement.approvals.models import DocumentKind
from procurement.approvals.repository import platform_matrices
from procurement.approvals.rules import Acting, Band, Mandate, Matrix
from procurement.approvals.states import State

TODAY = date(2026, 11, 23)
REQUISITION = platform_matrices()[DocumentKind.REQUISITION]
A, C, P = Role.APPROVER, Role.COST_CONTROLLER, Role.PROJECT_MANAGER


@pytest.mark.parametrize(
    ("amount", "roles"),
    [
        ("0.00", (A,)),
        ("50000.00", (A,)),
        ("50000.01", (A, C)),
        ("500000.00", (A, C)),
        ("500000.01", (A, C, P)),
        ("9999999999999999.99", (A, C, P)),
    ],
)
def test_who_approves_by_the_platforms_matrix(amount: str, roles: tuple[Role, ...]) -> None:
    """Exactly a band's end still belongs to it, a cent more does not."""
    assert rules.required_steps(Decimal(amount), REQUISITION) == roles


def test_the_limit_of_each_role() -> None:
    assert rules.limits(REQUISITION) == {A: Decimal("50000.00"), C: Decimal("500000.00"), P: None}


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_of_document_has_a_sound_default(kind: DocumentKind) -> None:
    assert rules.band_faults(kind, platform_matrices()[kind].bands) == []


def band(up_to: str | None, *roles: Role) -> Band:
    return Band(None if up_to is None else Decimal(up_to), roles or (A,))


@pytest.mark.parametrize(
    ("bands", "faults"),
    [
        ([band(None)], []),
        ([band("1"), band("2"), band(None)], []),
        ([band("1")], [(0, "LAST_BAND_NOT_OPEN")]),
        ([band(None), band(None)], [(0, "LAST_BAND_NOT_OPEN")]),
        ([band("2"), band("2"), band(None)], [(1, "BANDS_NOT_RISING")]),
        ([band("0"), band(None)], [(0, "BANDS_NOT_RISING")]),
        ([band("3"), band("2"), band(None)], [(1, "BANDS_NOT_RISING")]),
        ([band(None, A, A)], [(0, "ROLE_TWICE")]),
        ([Band(None, ())], [(0, "NOBODY_DECIDES")]),
        ([band(None, A, Role.SALES)], [(0, "ROLE_CANNOT_DECIDE")]),
    ],
)
def test_bands_that_make_no_matrix(bands: list[Band], faults: list[tuple[int, str]]) -> None:
    assert rules.band_faults(DocumentKind.ORDER, bands) == faults


amounts = st.decimals(min_value="0", max_value="9999999", places=2)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    """A sound matrix."""
    ends = sorted(draw(st.sets(st.decimals(min_value="0.01", max_value="9999999", places=2), max_size=5)))
    roles = st.lists(st.sampled_from(rules.DECIDERS), min_size=1, max_size=4, unique=True).map(tuple)
    return Matrix("m", tuple(Band(end, draw(roles)) for end in [*ends, None]), TODAY, "…")


@given(matrices(), amounts)
def test_a_sound_matrix_answers_every_amount(matrix: Matrix, amount: Decimal) -> None:
    """With the roles of the first band that reaches it."""
    assert rules.band_faults(DocumentKind.ORDER, matrix.bands) == []
    found = rules.required_steps(amount, matrix)
    assert found
    reaching = [one for one in matrix.bands if one.up_to is None or one.up_to >= amount]
    assert found == reaching[0].roles


def test_the_latest_matrix_counts_and_never_one_of_tomorrow() -> None:
    old, new = Matrix("1", (), date(2026, 1, 1), "…"), Matrix("2", (), TODAY, "…")
    again, tomorrow = Matrix("3", (), TODAY, "…"), Matrix("4", (), date(2026, 11, 24), "…")
    assert rules.applicable([new, old, tomorrow], TODAY) is new
    assert rules.applicable([again, new], TODAY) is again
    assert rules.applicable([tomorrow], TODAY) is None


@dataclass
class Step:
    """A step as the rules see it."""

    position: int
    role: Role
    state: State = State.WAITING
    authors: list[str] = field(default_factory=lambda: ["author"])
    same_person: bool = False
    decided_by: str | None = None
    decided_for: str | None = None


def mandate(giver: str, taker: str, *roles: Role, days: tuple[int, int] = (1, 30), absent: bool = False) -> Mandate:
    """A delegation in November 2026."""
    first, last = days
    valid = date(2026, 11, first), date(2026, 11, last)
    return Mandate(new_id(), giver, taker, frozenset(roles or (A,)), *valid, absent)


def refusal(subject: str, roles: set[Role], steps: list[Step], *mandates: Mandate) -> str:
    """The reason why somebody may not decide."""
    with pytest.raises(PermissionDenied) as refused:
        rules.may_decide(subject, frozenset(roles), steps, mandates, TODAY)
    return refused.value.reason


def test_the_first_waiting_step_is_next() -> None:
    done, waiting, later = Step(1, A, State.APPROVED), Step(2, C), Step(3, P)
    assert rules.next_step([later, waiting, done]) is waiting
    assert rules.next_step([done]) is None
    with pytest.raises(ValueError, match="no step"):
        rules.may_decide("boss", frozenset({A}), [done], [], TODAY)


def test_one_decides_by_ones_role() -> None:
    assert rules.may_decide("boss", frozenset({A}), [Step(1, A)], [], TODAY) == Acting("boss")
    assert refusal("boss", {C, P}, [Step(1, A)]) == "STEP_NEEDS_ROLE"


def test_nobody_decides_on_their_own_document() -> None:
    """Neither with the role, nor through a delegate, nor as a delegate."""
    assert refusal("author", {A}, [Step(1, A)]) == "SELF_APPROVAL"
    assert refusal("author", set(), [Step(1, A)], mandate("boss", "author")) == "SELF_APPROVAL"
    assert refusal("friend", set(), [Step(1, A)], mandate("author", "friend")) == "SELF_APPROVAL"


def test_a_delegate_decides_for_the_giver() -> None:
    """On the days and in the roles that were given, first and last day included."""
    given_ = mandate("boss", "deputy", days=(23, 23))
    assert rules.may_decide("deputy", frozenset(), [Step(1, A)], [given_], TODAY) == Acting("deputy", "boss", given_.id)
    assert refusal("deputy", set(), [Step(1, A)], mandate("boss", "deputy", days=(1, 22))) == "STEP_NEEDS_ROLE"
    assert refusal("deputy", set(), [Step(1, A)], mandate("boss", "deputy", days=(24, 30))) == "STEP_NEEDS_ROLE"
    assert refusal("deputy", set(), [Step(1, C)], given_) == "STEP_NEEDS_ROLE"
    assert refusal("stranger", set(), [Step(1, A)], given_) == "STEP_NEEDS_ROLE"


def test_ones_own_role_comes_before_anothers() -> None:
    assert rules.may_decide("deputy", frozenset({A}), [Step(1, A)], [mandate("boss", "deputy")], TODAY) == Acting(
        "deputy"
    )


def test_who_is_absent_does_not_decide() -> None:
    """Not for others either; a delegation without absence leaves one free to decide."""
    away = mandate("boss", "deputy", absent=True)
    assert refusal("boss", {A}, [Step(1, A)], away) == "DECIDER_ABSENT"
    assert refusal("boss", set(), [Step(1, C)], away, mandate("other", "boss", C)) == "DECIDER_ABSENT"
    assert rules.may_decide("boss", frozenset({A}), [Step(1, A)], [mandate("boss", "deputy")], TODAY) == Acting("boss")


def test_each_step_needs_another_person() -> None:
    """Whoever decided, or was decided for, is done with this document."""
    first = Step(1, A, State.APPROVED, decided_by="deputy", decided_for="boss")
    steps = [first, Step(2, C)]
    assert refusal("boss", {C}, steps) == "DECIDED_BEFORE"
    assert refusal("deputy", {C}, steps) == "DECIDED_BEFORE"
    assert refusal("other", set(), steps, mandate("boss", "other", C)) == "DECIDED_BEFORE"
    assert rules.may_decide("other", frozenset({C}), steps, [], TODAY) == Acting("other")


def test_a_matrix_may_let_one_person_decide_several_steps() -> None:
    """For themselves and by delegation; an author still never."""
    first = Step(1, A, State.APPROVED, decided_by="boss")
    steps = [first, Step(2, C, same_person=True)]
    assert rules.may_decide("boss", frozenset({C}), steps, [], TODAY) == Acting("boss")
    given_ = mandate("boss", "other", C)
    assert rules.may_decide("other", frozenset(), steps, [given_], TODAY) == Acting("other", "boss", given_.id)
    assert refusal("author", {C}, steps) == "SELF_APPROVAL"


@pytest.mark.parametrize("kind", sorted(set(DocumentKind) - {DocumentKind.REQUISITION}))
def test_by_the_platforms_matrix_one_approver_decides_and_nobody_on_an_award(kind: DocumentKind) -> None:
    """Whatever the amount, also without end."""
    expected = () if kind is DocumentKind.AWARD else (A,)
    for amount in (Decimal("0.01"), Decimal("9999999999999999.99"), None):
        assert rules.required_steps(amount, platform_matrices()[kind]) == expected


def test_only_of_awards_a_band_may_ask_nobody() -> None:
    bands = [Band(Decimal(1), ()), Band(None, (A,))]
    sound = [kind for kind in DocumentKind if rules.band_faults(kind, bands) == []]
    assert sound == [DocumentKind.AWARD]
    assert rules.limits(Matrix("m", tuple(bands), TODAY, "…")) == {A: None}


def test_an_amount_without_end_needs_the_last_band() -> None:
    assert rules.required_steps(None, REQUISITION) == (A, C, P)


people = st.sampled_from(["author", "ann", "bob", "cy"])


@given(
    people,
    st.sets(st.sampled_from(rules.DECIDERS)),
    st.lists(st.tuples(people, people, st.sampled_from(rules.DECIDERS), st.booleans()), max_size=6),
    st.sampled_from(rules.DECIDERS),
    st.sampled_from(rules.DECIDERS),
)
def test_whoever_gets_through_is_entitled(
    who: str, roles: set[Role], given_: list[tuple[str, str, Role, bool]], done: Role, waiting: Role
) -> None:
    """Never the author, never twice the same, always by a role of one's own or one that was given."""
    mandates = [mandate(giver, taker, role, absent=absent) for giver, taker, role, absent in given_ if giver != taker]
    steps = [Step(1, done, State.APPROVED, decided_by="cy"), Step(2, waiting)]
    try:
        acting = rules.may_decide(who, frozenset(roles), steps, mandates, TODAY)
    except PermissionDenied:
        return
    whom = acting.for_subject or acting.by
    assert not {"author", "cy"} & {acting.by, whom}
    assert not any(one.absent and one.from_subject == who for one in mandates)
    if acting.for_subject is None:
        assert waiting in roles
    else:
        [used] = [one for one in mandates if one.id == acting.delegation_id]
        assert (used.from_subject, used.to_subject) == (whom, who)
        assert waiting in used.roles


def test_delegations_do_not_go_in_a_circle() -> None:
    ab, bc = mandate("a", "b", A), mandate("b", "c", A, C)
    assert rules.closes_loop([ab], mandate("b", "a", A))
    assert rules.closes_loop([ab, bc], mandate("c", "a", A))
    assert not rules.closes_loop([ab, bc], mandate("a", "c", A))
    assert not rules.closes_loop([ab, bc], mandate("c", "a", P))
    early, late = mandate("a", "b", days=(1, 10)), mandate("b", "a", days=(11, 20))
    assert not rules.closes_loop([early], late)
    assert rules.closes_loop([early], mandate("b", "a", days=(10, 20)))


@given(st.lists(st.tuples(people, people).filter(lambda pair: pair[0] != pair[1]), max_size=12))
def test_what_is_let_in_stays_without_circles(pairs: list[tuple[str, str]]) -> None:
    """Whatever is asked for, in whatever order: from nobody does a chain of delegations lead back."""
    standing: list[Mandate] = []
    for giver, taker in pairs:
        new = mandate(giver, taker)
        if not rules.closes_loop(standing, new):
            standing.append(new)
    reach = {one: {m.to_subject for m in standing if m.from_subject == one} for one in ("author", "ann", "bob", "cy")}
    for _ in range(4):
        reach = {one: there | {far for near in there for far in reach[near]} for one, there in reach.items()}
    assert all(one not in there for one, there in reach.items())
