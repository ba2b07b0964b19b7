"""Generate Python from `proto/zhulian/**/*.proto`: messages, gRPC stubs and type stubs for both.

The compiler comes with the wheel grpcio-tools, so that no protoc has to be on the machine; it writes no type stubs for
services, which is why mypy-protobuf runs beside it. The output depends on the sources and the lock alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

from infra.contracts.paths import PROTO

WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"


def sources() -> list[str]:
    """Every contract, as a path below `proto/`, sorted: the compiler's output must not depend on the file system."""
    return sorted(str(path.relative_to(PROTO)) for path in (PROTO / "zhulian").rglob("*.proto"))


def generate(target: Path) -> None:
    """Write all generated Python below `target`, an existing folder; raises RuntimeError when protoc refuses."""
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
    without_service = {name for name in sources() if "\nservice " not in (PROTO / name).read_text(encoding="utf-8")}
    for name in without_service:  # protoc writes an empty gRPC file for these
        for suffix in ("_pb2_grpc.py", "_pb2_grpc.pyi"):
            (target / (name.removesuffix(".proto") + suffix)).unlink(missing_ok=True)
