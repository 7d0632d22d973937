"""A bulk run by real workers: against the bare key, against a loop of shell commands, and beside the pages."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median, quantiles

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bench.people import person
from bench.signing import OPENSSL
from bench.table import Budget, Row
from bench.workers import collect_static, memory, processors, serving
from designer.processes.heartbeat import run_folder
from profiles.models import BulkRun, Profile, RecipientState, RunState, SigningIdentity, User
from profiles.services.bulk import loading, retention, runs
from profiles.services.bulk.csv.reader import Row as Line
from profiles.services.bulk.csv.reader import Table
from profiles.services.bulk.progress import progress_of
from profiles.services.bulk.work import work
from profiles.services.signing import SERVER_NAME
from profiles.services.teams import home
from profiles.signing import identity
from profiles.tasks import wake
from tests.processes import free_port, processes_under, wait_until
from tests.services.template_samples import make_template
from tests.signing.making import key_pem, pem

TITLE = "A profile for each of a list (RSA-2048, embedded broker, SQLite)"
MANY, FEW = 5_000, 300
"""Recipients; few in a quick run."""

FLAT_FROM, FLAT_TO = 1_000, 20_000
LOOPED = 60
"""Files that the shell makes."""

OF_RAW = Budget(0.5, least=True)
OVER_SHELL = Budget(12, least=True)
SCALES = Budget(1.7, least=True)
GROWS = Budget(1.1)
SLOWER = Budget(2)


def rows(rounds: int) -> Iterator[Row]:
    """Yields what the workers make a second in relation to what bounds it, and what that costs others."""
    is_quick = rounds < 10
    user = person("bulk")
    template = make_template(user)
    number = FEW if is_quick else MANY
    key = _key()
    rates: dict[int, float] = {}
    for workers in (1, 2):
        # In turns, so that whatever else the machine does strikes both.
        turns = [
            (_raw(key, workers), _rate(user, template, workers, number)) for _ in range(1 if is_quick else 5)
        ]
        raw, rates[workers] = (median(rates) for rates in zip(*turns, strict=True))
        yield Row(
            f"{workers} worker{'s' * (workers > 1)}: share of key.sign",
            rates[workers] / raw,
            OF_RAW,
            note=f"{rates[workers]:,.0f} files a second; key.sign {raw:,.0f} in as many processes",
        )
    yield Row("2 workers : 1 worker", rates[2] / rates[1], SCALES, note=f"{processors()} processors")
    yield _against_shell(rates[2])
    yield from _beside_pages(user, template, number if is_quick else FLAT_TO)


def _key() -> rsa.RSAPrivateKey:
    """That of the server's own identity, which signs."""
    row = SigningIdentity.objects.get(team=None, name=SERVER_NAME)
    key = identity.load(row.unseal()).key
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _raw(key: rsa.RSAPrivateKey, processes: int) -> float:
    """Signatures a second over as many bytes as a profile has, by so many processes at once."""
    with get_context("fork").Pool(processes) as pool:
        return sum(pool.map(_signatures, [key_pem(key)] * processes))


def _signatures(pem: bytes, *, seconds: float = 1.0) -> float:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    content, done, start = b"x" * 3_000, 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        done += 1
    return done / (time.perf_counter() - start)


def _rate(user: User, template: Profile, workers: int, number: int) -> float:
    """Files a second from the start to the last one, by workers that are up and wait."""
    with _workers(workers):
        run = _checked(user, template, number)
        _begin(user, run)
        wait_until(lambda: _is_over(run), seconds=600)
    run.refresh_from_db()
    assert run.started_at
    assert run.finished_at
    took = (run.finished_at - run.started_at).total_seconds()
    assert progress_of(run).count(RecipientState.DONE) == number
    retention.delete(actor=user, run=run)
    return number / took


@contextmanager
def _workers(number: int) -> Iterator[int]:
    """So many processes that are up and wait."""
    sign = run_folder(settings.DATA_DIR) / "worker"
    sign.unlink(missing_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("worker", Path(folder) / "log", WORKERS=str(number)) as pid,
    ):
        wait_until(sign.exists)
        yield pid


def _checked(user: User, template: Profile, number: int) -> BulkRun:
    """A run of which every row is right."""
    lines = [Line(line=index + 2, cells=(_name(index), f"{index:06}")) for index in range(number)]
    table = Table(columns=("User name", "PIN"), rows=lines, delimiter=",", encoding="", has_header=True)
    run = loading.load_table(actor=user, team=home(user), template_id=template.pk, table=table)
    runs.match(actor=user, run=run, matching=runs.Matching(variables=run.mapping, key=0))
    while work(run.pk):
        pass
    run.refresh_from_db()
    return run


def _name(index: int) -> str:
    """A name of small letters, as the template asks for."""
    return "".join("abcdefghij"[int(digit)] for digit in str(index))


def _begin(user: User, run: BulkRun) -> None:
    runs.start(actor=user, run=run, wish=runs.Wish())
    run.refresh_from_db()
    assert wake(run.pk), "the broker took no message"


def _is_over(run: BulkRun) -> bool:
    run.refresh_from_db(fields=["state"])
    return run.state == RunState.FINISHED


def _against_shell(rate: float) -> Row:
    name = "2 workers : a shell loop with openssl smime"
    if shutil.which("openssl") is None:
        return Row(name, 0, note="not measured: there is no openssl here")
    loop = 1 / _shell_seconds()
    return Row(name, rate / loop, OVER_SHELL, note=f"the loop makes {loop:,.0f} files a second")


def _shell_seconds() -> float:
    """Seconds for each file of a loop that puts a name into a text and signs it, the best of three."""
    row = SigningIdentity.objects.get(team=None, name=SERVER_NAME)
    signer = identity.load(row.unseal())
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "key.pem").write_bytes(key_pem(signer.key))
        (place / "signer.pem").write_bytes(pem(signer.certificate))
        (place / "chain.pem").write_bytes(pem(*signer.chain))
        (place / "template.xml").write_text("<string>{{user}}</string>\n" * 100)
        (place / "names").write_text("".join(f"{_name(index)}\n" for index in range(LOOPED)))
        sign = f"{' '.join(OPENSSL)} -inkey key.pem -signer signer.pem -certfile chain.pem"
        script = f'while read name; do sed "s/{{{{user}}}}/$name/g" template.xml | {sign} > "$name.out"; done < names'
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            subprocess.run(["sh", "-c", script], cwd=folder, check=True)
            taken.append(time.perf_counter() - start)
    return min(taken) / LOOPED


def _beside_pages(user: User, template: Profile, number: int) -> Iterator[Row]:
    """One run of many, watched: what its workers keep in memory, and how long pages take meanwhile."""
    run = _checked(user, template, number)
    collect_static()
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("web", Path(folder) / "web", PORT=str(port), PUBLIC_URL=f"http://127.0.0.1:{port}"),
        _workers(processors()) as pid,
    ):
        visitor = Visitor(user, port)
        wait_until(visitor.is_answered)
        idle = visitor.seconds(lambda: False)
        _begin(user, run)
        early = number * FLAT_FROM // FLAT_TO
        wait_until(lambda: progress_of(run).past >= early, seconds=600)
        small = _memory(pid)
        busy = visitor.seconds(lambda: _is_over(run))
        wait_until(lambda: _is_over(run), seconds=600)
        large = _memory(pid)
    yield Row(
        f"memory of a worker: after {number:,} : after {early:,}",
        large / small,
        GROWS,
        note=f"{large / 1e6:.0f} MB against {small / 1e6:.0f} MB",
    )
    yield Row(
        "p95 of a page: during a run : idle",
        _p95(busy) / _p95(idle),
        SLOWER,
        note=f"{1000 * _p95(busy):.1f} ms against {1000 * _p95(idle):.1f} ms, {len(busy)} requests",
    )


def _memory(pid: int) -> float:
    """Bytes of one process that works, on average."""
    return mean(memory(each.pid) for each in processes_under(pid))


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


class Visitor:
    """Somebody signed in, who asks a real web server for the list of profiles again and again."""

    REQUESTS = 300

    def __init__(self, user: User, port: int) -> None:
        client = Client()
        client.force_login(user)
        self._headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
        self._port = port

    def is_answered(self) -> bool:
        """Does the page come?"""
        try:
            self._get()
        except OSError:
            return False
        return True

    def seconds(self, enough: Callable[[], bool]) -> list[float]:
        """What each request takes, until there were REQUESTS of them or it is enough."""
        taken: list[float] = []
        while len(taken) < self.REQUESTS and (len(taken) < 20 or not enough()):
            start = time.perf_counter()
            self._get()
            taken.append(time.perf_counter() - start)
        return taken

    def _get(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("GET", reverse("profiles"), headers=self._headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status
