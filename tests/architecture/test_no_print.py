"""Design rule 16: no print. Processes log; what a person runs writes to the terminal through rich."""

from tests.architecture.tree import Source, python, sample, violations

PRINTING = {"print", "pprint.pprint", "pprint.pp"}
COMMAND_LINES = ("infra/local", "infra/demo", "infra/contracts", "tests/bench", "tests/e2e")
CONSOLE = "rich."


def rule(source: Source) -> list[str]:
    """No print anywhere; rich only in the folders of command lines."""
    found = [
        source.at(node, "print( tells nobody when and why: use the log, or a rich console in a command line")
        for node, name in source.calls()
        if name in PRINTING
    ]
    if not source.below(*COMMAND_LINES, "infra/keycloak", "infra/nats", "infra/postgres"):
        found += [
            source.at(node, f"{name} belongs to the command lines in {', '.join(COMMAND_LINES)}")
            for node, name in source.imports()
            if name == "rich" or name.startswith(CONSOLE)
        ]
    return found


def test_the_tree_keeps_it() -> None:
    assert violations(rule, python()) == ""


def test_it_bites() -> None:
    assert len(rule(sample("print('here')"))) == 1
    assert len(rule(sample("def f():\n    import pprint\n    pprint.pprint(1)\n"))) == 1
    assert len(rule(sample("from rich.console import Console"))) == 1


def test_a_command_line_has_a_console_but_no_print() -> None:
    assert rule(sample("from rich.console import Console", "infra/local/__main__.py")) == []
    assert len(rule(sample("print(1)", "infra/local/__main__.py"))) == 1
