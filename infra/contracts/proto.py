"""Generate Python from `proto/zhulian/**/*.proto`: messages, gRPC stubs and type stubs for both.

The compiler comes with the wheel grpcio-tools, so that no protoc has to be on the machine; it writes no type
stubs for services, which is why mypy-protobuf runs beside it. Sources and lock alone decide what comes out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc_tools
from grpc_tools import protoc

from infra.contracts.paths import GENERATED, PROTO

WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"


def sources() -> list[str]:
    """Every contract, as a path below `proto/`, sorted: the output must not depend on the file system."""
    return sorted(path.relative_to(PROTO).as_posix() for path in (PROTO / "zhulian").rglob("*.proto"))


def render() -> dict[Path, str]:
    """Every generated file and its text; raises RuntimeError when the compiler refuses a contract."""
    with TemporaryDirectory() as folder:
        target = Path(folder)
        _compile(target)
        return {
            GENERATED / path.relative_to(target): path.read_text(encoding="utf-8")
            for path in target.rglob("*.py*")
            if not _empty_stub(path.relative_to(target))
        }


def owned() -> Iterable[Path]:
    """What stands in the folder of generated code now."""
    return (path for path in GENERATED.rglob("*.py*") if "__pycache__" not in path.parts)


def _compile(target: Path) -> None:
    scripts = Path(sys.executable).parent
    arguments = [
        "protoc",
        f"--proto_path={PROTO}",
        f"--proto_path={WELL_KNOWN}",
        f"--python_out={target}",
        f"--grpc_python_out={target}",
        f"--plugin=protoc-gen-mypy={scripts / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={scripts / 'protoc-gen-mypy_grpc'}",
        f"--mypy_out=quiet:{target}",
        f"--mypy_grpc_out=quiet,only_async:{target}",
        *sources(),
    ]
    if protoc.main(arguments) != 0:
        raise RuntimeError("protoc refused the contracts; its message stands above")


def _empty_stub(path: Path) -> bool:
    """The compiler writes a gRPC file for every contract, also for those without a service."""
    stem, marker, _ = path.as_posix().partition("_pb2_grpc.py")
    return bool(marker) and "\nservice " not in (PROTO / f"{stem}.proto").read_text(encoding="utf-8")
