"""Each rule of the house (design.md) and the tests that hold it. A rule without a test is a wish.

Node ids without parameters. A test that is renamed or removed has to be replaced here, too.
"""

import ast

import pytest

from infra.contracts.paths import ROOT

RULES = range(1, 19)

ARCHITECTURE = "tests/architecture"
HELD: dict[int, tuple[str, ...]] = {
    1: (  # three doors, one room
        f"{ARCHITECTURE}/test_layers.py::test_doors_only_translate",
        f"{ARCHITECTURE}/test_layers.py::test_import_linter_bites",
        f"{ARCHITECTURE}/test_use_cases.py::test_every_use_case_asks_for_leave",
    ),
    2: (  # state changes only through verbs
        f"{ARCHITECTURE}/test_edges.py::test_state_moves_by_the_machine",
        f"{ARCHITECTURE}/test_edges.py::test_no_request_asks_for_a_state",
        f"{ARCHITECTURE}/test_layers.py::test_states_and_rules_are_pure",
        "tests/contracts/test_generators.py::test_markers_and_machines_have_to_fit",
    ),
    3: (  # one transaction, committed at the edge
        f"{ARCHITECTURE}/test_commits.py::test_the_tree_keeps_it",
        f"{ARCHITECTURE}/test_edges.py::test_every_route_goes_through_the_edge",
        "tests/chassis/power/test_outbox.py::test_killed_between_write_and_commit",
    ),
    4: (  # events only through the outbox
        f"{ARCHITECTURE}/test_machinery.py::test_nobody_goes_round_the_chassis",
        "tests/chassis/power/test_outbox.py::test_killed_between_commit_and_publish",
        "tests/chassis/power/test_outbox.py::test_order_per_aggregate_under_ten_writers",
        "tests/chassis/power/test_outbox.py::test_a_deleted_store_is_filled_again_by_a_replay",
    ),
    5: (  # consumers: inbox and work in one transaction, then ack
        "tests/chassis/power/test_inbox.py::test_killed_between_work_and_ack",
        "tests/chassis/power/test_inbox.py::test_delivered_twice",
        "tests/chassis/power/test_inbox.py::test_out_of_order",
        "tests/chassis/power/test_inbox.py::test_poison_ends_in_dead_letters_while_others_go_on",
    ),
    6: (  # no remote call inside an open write transaction
        "tests/chassis/rpc/test_client.py::test_asking_inside_a_write_transaction_is_a_fault_of_the_program",
        "tests/project_mgmt/budgets/test_service.py::test_a_reservation_lapses_when_its_time_is_over",
        "tests/project_mgmt/budgets/test_service.py::test_asking_twice_takes_once",
    ),
    7: (  # every POST takes Idempotency-Key
        f"{ARCHITECTURE}/test_edges.py::test_every_route_goes_through_the_edge",
        "tests/contracts/test_openapi.py::test_the_document_keeps_its_promises",
        "tests/procurement/orders/test_endpoints.py::test_a_hundred_posts_with_one_key_make_one_order",
        "tests/chassis/power/test_idempotency.py::test_killed_in_the_middle_then_repeated",
    ),
    8: (  # one error type, two codecs
        f"{ARCHITECTURE}/test_machinery.py::test_refusals_stand_in_errors_and_speak_two_languages",
        "tests/chassis/http/test_problems.py::test_out_and_back_over_http_nothing_is_lost",
        "tests/chassis/rpc/test_client.py::test_every_other_refusal_comes_back_as_it_is_and_is_not_tried_again",
    ),
    9: (  # who may see what is decided in the repository
        f"{ARCHITECTURE}/test_sql.py::test_the_tree_keeps_it",
        f"{ARCHITECTURE}/test_use_cases.py::test_every_repository_starts_from_visibility",
        "tests/visibility/test_routes.py::test_every_route_has_its_line",
        "tests/visibility/test_routes.py::test_who_may",
        "tests/visibility/test_rows.py::test_others_rows_are_not_there",
    ),
    10: (  # money, time, ids, pages, If-Match
        f"{ARCHITECTURE}/test_money.py::test_the_tree_keeps_it",
        f"{ARCHITECTURE}/test_time.py::test_no_naive_instant_in_the_tree",
        "tests/contracts/test_openapi.py::test_the_document_keeps_its_promises",
        "tests/procurement/orders/test_endpoints.py::test_pages_are_stable_while_rows_are_inserted",
    ),
    11: (  # personal data
        "tests/labour/workers/test_service.py::test_no_number_rests_in_clear",
        "tests/labour/workers/test_service.py::test_masked_for_all_and_clear_for_one_who_says_why",
        "tests/chassis/test_crypto.py::test_a_value_that_was_moved_does_not_decrypt",
        "tests/e2e/test_demo.py::test_no_number_of_a_person_and_no_secret_in_any_log",
    ),
    12: (  # hot paths are few and measured
        f"{ARCHITECTURE}/test_hot_paths.py::test_every_hot_path_is_measured",
        f"{ARCHITECTURE}/test_hot_paths.py::test_hot_paths_are_few",
    ),
    13: (  # rules that a law or city can change are data
        f"{ARCHITECTURE}/test_rules_are_data.py::test_every_number_says_whence_and_since_when",
        f"{ARCHITECTURE}/test_rules_are_data.py::test_no_rule_names_a_city",
    ),
    14: (  # telemetry
        f"{ARCHITECTURE}/test_names.py::test_metrics_in_the_tree",
        "tests/chassis/test_telemetry.py::test_a_trace_goes_on_through_headers_rows_and_messages",
        "tests/e2e/test_demo.py::test_one_trace_from_the_gateway_to_the_last_consumer",
    ),
    15: (  # tests bite
        f"{ARCHITECTURE}/test_tests.py::test_no_test_avoids_its_work",
        f"{ARCHITECTURE}/test_tests.py::test_every_module_of_an_aggregate_has_its_test",
    ),
    16: (  # style is enforced by tests
        f"{ARCHITECTURE}/test_lengths.py::test_the_tree_keeps_it",
        f"{ARCHITECTURE}/test_no_print.py::test_the_tree_keeps_it",
        f"{ARCHITECTURE}/test_names.py::test_subjects_in_the_tree",
        f"{ARCHITECTURE}/test_time.py::test_no_naive_instant_in_the_tree",
        f"{ARCHITECTURE}/test_anatomy.py::test_every_file_stands_where_the_layout_has_a_place",
    ),
    17: (  # every change is audited, no DDL at run time
        "tests/contracts/test_migrations.py::test_the_running_service_may_not",
        f"{ARCHITECTURE}/test_use_cases.py::test_every_change_leaves_a_trace",
        "tests/equipment_leasing/machines/test_service.py::test_the_audit_names_the_fields_before_and_after",
        "tests/infra/test_postgres.py::test_the_runtime_role_changes_no_structure",
    ),
    18: (  # time is a dependency; what happens later is a durable job
        f"{ARCHITECTURE}/test_time.py::test_nobody_reads_the_wall_clock",
        f"{ARCHITECTURE}/test_machinery.py::test_nobody_goes_round_the_chassis",
        "tests/chassis/test_jobs.py::test_a_process_killed_in_the_middle_leaves_the_job_to_the_next",
        "tests/equipment_leasing/bookings/test_handlers.py::test_a_hold_lapses_by_its_job",
    ),
}


def exists(node_id: str, text: str | None) -> bool:
    """Whether a test file's text (None: no such file) holds the test that a node id names."""
    _, *names = node_id.split("::")
    if text is None or not names or not names[-1].startswith("test_"):
        return False
    body: list[ast.stmt] = ast.parse(text).body
    for name in names:
        found = [node for node in body if getattr(node, "name", None) == name]
        if not found:
            return False
        body = getattr(found[0], "body", [])
    return True


def _read(node_id: str) -> str | None:
    path = ROOT / node_id.partition("::")[0]
    return path.read_text(encoding="utf-8") if path.is_file() else None


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_is_held(rule: int) -> None:
    assert HELD[rule], f"no test holds design rule {rule}"
    assert [node_id for node_id in HELD[rule] if not exists(node_id, _read(node_id))] == []


def test_the_table_names_every_rule() -> None:
    assert list(HELD) == list(RULES)


TEXT = "def test_a() -> None: ...\nclass TestB:\n    async def test_c(self) -> None: ...\ndef helper(): ...\n"


@pytest.mark.parametrize(
    ("node_id", "there"),
    [
        ("tests/x.py::test_a", True),
        ("tests/x.py::TestB::test_c", True),
        ("tests/x.py::test_c", False),
        ("tests/x.py::TestB::test_a", False),
        ("tests/x.py::helper", False),
        ("tests/x.py::test_gone", False),
        ("tests/x.py", False),
    ],
)
def test_a_test_that_is_gone_is_found(node_id: str, there: bool) -> None:
    assert exists(node_id, TEXT) is there
    assert not exists(node_id, None)
