"""The generators and the drift check bite: a file that was edited by hand, is missing or is left over is found."""

from pathlib import Path

import pytest

from infra.contracts import artefacts, check, page, paths, proto, states
from infra.contracts.artefacts import Artefact

MACHINE = {"name": "order", "initial": "draft", "transitions": [["draft", "submit", "submitted"]]}


@pytest.fixture
def artefact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Artefact:
    monkeypatch.setattr(artefacts, "ROOT", tmp_path)
    return Artefact("pages", lambda: {tmp_path / "a.md": "one\ntwo\n"}, lambda: tmp_path.glob("*.md"))


def test_what_was_just_written_has_not_drifted(artefact: Artefact, tmp_path: Path) -> None:
    assert artefacts.write(artefact) == [tmp_path / "a.md"]
    assert artefacts.drift(artefact) == []
    assert artefacts.write(artefact) == []


def test_a_missing_file_is_found(artefact: Artefact) -> None:
    (found,) = artefacts.drift(artefact)
    assert "+one" in found


def test_an_edited_file_is_found(artefact: Artefact, tmp_path: Path) -> None:
    artefacts.write(artefact)
    (tmp_path / "a.md").write_text("one\nthree\n", encoding="utf-8")
    (found,) = artefacts.drift(artefact)
    assert "-three" in found
    assert "+two" in found


def test_a_left_over_file_is_found_and_goes(artefact: Artefact, tmp_path: Path) -> None:
    artefacts.write(artefact)
    (tmp_path / "b.md").touch()
    assert artefacts.drift(artefact) == ["b.md: nothing generates this any more"]
    assert artefacts.write(artefact) == [tmp_path / "b.md"]
    assert not (tmp_path / "b.md").exists()


def test_generating_protobuf_code_twice_gives_the_same() -> None:
    first = proto.render()
    assert first == proto.render()
    assert paths.GENERATED / "zhulian/procurement/v1/events_pb2.pyi" in first
    assert paths.GENERATED / "zhulian/procurement/v1/procurement_directory_pb2_grpc.pyi" in first
    assert paths.GENERATED / "zhulian/procurement/v1/events_pb2_grpc.py" not in first


def test_a_diagram_shows_beginning_steps_and_end() -> None:
    assert states.diagram(MACHINE).splitlines()[1:-1] == [
        "stateDiagram-v2",
        "    [*] --> draft",
        "    draft --> submitted: submit",
        "    submitted --> [*]",
    ]


def test_a_diagram_is_drawn_between_its_markers() -> None:
    text = "# Orders\n<!-- states:orders -->\nold\n<!-- /states -->\nAfter\n"
    drawn = states.fill(text, {"orders": [MACHINE]}, "README.md")
    assert "old" not in drawn
    assert drawn.startswith("# Orders\n<!-- states:orders -->\n```mermaid\n")
    assert drawn.endswith("```\n<!-- /states -->\nAfter\n")
    assert states.fill(drawn, {"orders": [MACHINE]}, "README.md") == drawn


@pytest.mark.parametrize("machines", [{}, {"orders": [MACHINE], "deliveries": [MACHINE]}])
def test_markers_and_machines_have_to_fit(machines: dict[str, list[dict[str, object]]]) -> None:
    text = "<!-- states:orders -->\n<!-- /states -->\n"
    with pytest.raises(RuntimeError, match="marks diagrams for"):
        states.fill(text, machines, "README.md")


def test_the_page_refuses_a_subject_that_nobody_tells() -> None:
    waiting = {"subjects": {}, "subscriptions": [{"subject": "zhulian.a.b.c.v1", "durable": "x--b-c"}]}
    with pytest.raises(RuntimeError, match=r"zhulian\.a\.b\.c\.v1"):
        list(page._facts({"labour": waiting}))


def test_a_program_that_fails_fails_the_check() -> None:
    with pytest.raises(check.CheckFailedError, match="no-such-folder"):
        check.program("buf", "buf", "lint", "no-such-folder").run()


def test_a_breaking_change_is_found(tmp_path: Path) -> None:
    """What `make check` runs, on a contract that lost a field."""
    for name, field in (("before", "  string number = 2;\n"), ("after", "")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "buf.yaml").write_text((paths.PROTO / "buf.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        text = f'syntax = "proto3";\npackage zhulian.a.v1;\nmessage A {{\n  string id = 1;\n{field}}}\n'
        (folder / "a.proto").write_text(text, encoding="utf-8")
    compare = [str(check.SCRIPTS / "buf"), "breaking", str(tmp_path / "after"), "--against", str(tmp_path / "before")]
    with pytest.raises(check.CheckFailedError, match="deleted"):
        check.call(compare)


def test_an_operation_that_goes_or_moves_is_found() -> None:
    before = {"paths": {"/a": {"get": {"operationId": "getA"}, "post": {"operationId": "createA"}}}}
    assert check.removed_operations(before, before) == []
    gone = {"paths": {"/a": {"get": {"operationId": "getA"}}}}
    assert check.removed_operations(before, gone) == ["createA (POST /a)"]
    moved = {"paths": {"/a": {"get": {"operationId": "getA"}}, "/b": {"post": {"operationId": "createA"}}}}
    assert check.removed_operations(before, moved) == ["createA (POST /a)"]
    more = {"paths": {**before["paths"], "/b": {"get": {"operationId": "getB"}}}}
    assert check.removed_operations(before, more) == []
