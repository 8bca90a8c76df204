"""Real resolvers on loopback, for the bench and for the tests: BIND and Unbound as Debian has them, with the set-up
files that the house ships, and a server behind them that answers every name.

Nothing here leaves the machine: the resolvers ask the server behind them and nobody else. `program` says what is not
installed.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

HERE = "127.0.0.1"
ANSWER = "192.0.2.7"
"""What every name has behind the resolvers (RFC 5737)."""
SECRET = "YS1zZWNyZXQtb2YtdGhlLXRlc3RzLWFuZC1vZi1ub2JvZHk="
KEY = f"hmac-sha256:tongban-feed:{SECRET}"
ZONE, RECENT = "rpz.tongban", "recent.tongban"
EMPTY = "$TTL 5\n@ SOA localhost. hostmaster.localhost. 1 60 30 604800 5\n@ NS localhost.\n"
DEAD = 0.3
"""Seconds without an answer: nobody is there."""


class NotInstalled(RuntimeError):
    """A program that is needed is not on this machine; says which package brings it."""


def program(name: str, package: str) -> str:
    """Where a program is. Raises NotInstalled."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    if found is None:
        raise NotInstalled(f"{name} is not installed (Debian: {package})")
    return found


def free_port() -> int:
    """A port that is free now for TCP and UDP, in no range from which the system gives ports away by itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind((HERE, port))
                udp.bind((HERE, port))
                return port
            except OSError:
                continue


def free_ports(number: int) -> list[int]:
    """So many, each another one."""
    found: set[int] = set()
    while len(found) < number:
        found.add(free_port())
    return list(found)


class Upstream:
    """Answers every question for an address with `ANSWER` (or what `names` says), over UDP, for `ttl` seconds, and
    counts the names it was asked for. `aliases` lead to other names (CNAME)."""

    def __init__(self, names: dict[str, str] | None = None) -> None:
        self.names = names or {}
        self.aliases: dict[str, str] = {}
        self.ttl = 1
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HERE, 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                raw, who = self._socket.recvfrom(4096)
            except OSError:
                return
            with contextlib.suppress(Exception):
                self._socket.sendto(self._answer(dns.message.from_wire(raw)).to_wire(), who)

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        asked = question.question[0]
        name = asked.name.to_text().lower().rstrip(".")
        self.asked.append(name)
        answer = dns.message.make_response(question, recursion_available=True)
        answer.flags |= dns.flags.AA
        if asked.rdtype == dns.rdatatype.A:
            target = self.aliases.get(name, name)
            if target != name:
                answer.answer.append(dns.rrset.from_text(asked.name, self.ttl, "IN", "CNAME", f"{target}."))
            owner = asked.name if target == name else f"{target}."
            answer.answer.append(dns.rrset.from_text(owner, self.ttl, "IN", "A", self.names.get(target, ANSWER)))
        return answer

    def close(self) -> None:
        """No longer answer."""
        self._socket.close()


def asked(port: int, name: str, wait: float = 2.0) -> str:
    """What a resolver says of a name: an address, `NXDOMAIN`, `SERVFAIL`, … or `-` where nobody answers."""
    question = dns.message.make_query(name, dns.rdatatype.A)
    try:
        answer = dns.query.udp(question, HERE, wait, port)
    except (dns.exception.Timeout, OSError):
        return "-"
    for rrset in answer.answer:
        if rrset.rdtype == dns.rdatatype.A:
            return str(rrset[0].address)
    return str(dns.rcode.to_text(answer.rcode()))


@dataclass
class Resolver:
    """A resolver that runs: how it is started, and where it answers."""

    command: list[str]
    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it, without waiting for anything."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.folder)

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End it and wait for its end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)

    def says(self, name: str, wait: float = 2.0) -> str:
        """What it says of a name."""
        return asked(self.port, name, wait)

    def until(self, name: str, wanted: str, most: float = 60.0, every: float = 0.02) -> float:
        """Seconds until it says `wanted` of a name. Raises TimeoutError with what it says instead."""
        began = time.monotonic()
        said = ""
        while time.monotonic() - began < most:
            said = self.says(name, DEAD)
            if said == wanted:
                return time.monotonic() - began
            if self.process is not None and self.process.poll() is not None:
                raise TimeoutError(f"it has ended: {self.log()[-1500:]}")
            time.sleep(every)
        raise TimeoutError(f"{name}: {said} and not {wanted} after {most} s; {self.log()[-1500:]}")

    def log(self) -> str:
        """What it has said of itself."""
        return (self.folder / "log").read_text(errors="replace")


@dataclass
class Gated(Resolver):
    """BIND behind its gate: the port opens when the policy zone is whole."""

    gate: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """As systemd does it: the gate is closed, named starts, the gate waits for the zone."""
        subprocess.run([*self.gate, "close"], env=self.environment, check=True)
        super().start()
        with (self.folder / "gate").open("ab") as log:
            self.opening = subprocess.Popen([*self.gate, "open"], env=self.environment, stdout=log, stderr=log)

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End both and wait for their end."""
        super().kill(how)
        self.opening.kill()
        self.opening.wait(60)


def bind(
    folder: Path, manual: dict[str, str], upstream: Upstream, notified: list[int] | None = None, gated: bool = True
) -> Resolver:
    """BIND with the shipped files (`manual`: the text of `bind`, `bind-options`, `named-gate`), ready to start.

    `notified` are ports of resolvers here that take the zone. Without `gated` its port is open from the first moment.
    """
    named = program("named", "bind9")
    folder.mkdir(parents=True, exist_ok=True)
    port, probe, control = free_ports(3)
    others = " ".join(f"{HERE} port {one};" for one in notified or [])
    text = manual["bind"].replace("PUT-THE-SECRET-OF-tsig-keygen-HERE", SECRET)
    text = text.replace("/var/lib/tongban-feed", str(folder)).replace(
        "also-notify { };", f"also-notify {{ {others} }};"
    )
    (folder / "tongban.conf").write_text(text)
    (folder / "tongban-options.conf").write_text(manual["bind-options"])
    (folder / "named-gate").write_text(manual["named-gate"])
    (folder / "listen.conf").write_text(f"listen-on port {port} {{ {HERE}; }}; listen-on-v6 {{ none; }};\n")
    (folder / "named.conf").write_text(
        f'options {{ directory "{folder}"; include "{folder}/listen.conf"; pid-file "{folder}/pid";\n'
        f'  session-keyfile "{folder}/session"; dnssec-validation no;\n'
        f"  recursion yes; forward only; forwarders {{ {HERE} port {upstream.port}; }};\n"
        f'  include "{folder}/tongban-options.conf"; }};\n'
        f'controls {{ inet {HERE} port {control} allow {{ {HERE}; }} keys {{ "tongban-feed"; }}; }};\n'
        f'include "{folder}/tongban.conf";\n'
    )
    compiled(folder, EMPTY + 'zzz-tongban-recent TXT "version=none"\n', RECENT)
    (folder / "rndc.conf").write_text(
        f'key "tongban-feed" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n'
        f'options {{ default-key "tongban-feed"; default-server {HERE}; default-port {control}; }};\n'
    )
    command = [named, "-g", "-c", str(folder / "named.conf")]
    if not gated:
        return Resolver(command, port, folder)
    environment = {
        **os.environ,
        "LISTEN": str(folder / "listen.conf"),
        "ADDRESSES": f"{HERE};",
        "PORT": str(port),
        "PROBE": str(probe),
        "DATA": str(folder),
        "ZONES": f"{RECENT} {ZONE}",
        "COMPILE": program("named-compilezone", "bind9-utils"),
        "RNDC": f"{program('rndc', 'bind9-utils')} -c {folder / 'rndc.conf'}",
    }
    program("dig", "bind9-dnsutils")
    return Gated(command, port, folder, gate=["sh", str(folder / "named-gate")], environment=environment)


def compiled(folder: Path, zone_text: Path | str, zone: str = ZONE) -> None:
    """Make the raw file of the zone that BIND starts from."""
    source = folder / "given.zone"
    if isinstance(zone_text, str):
        source.write_text(zone_text)
    else:
        source = zone_text
    tool = program("named-compilezone", "bind9-utils")
    (folder / f"{zone}.jnl").unlink(missing_ok=True)
    done = subprocess.run(
        [tool, "-i", "none", "-k", "ignore", "-n", "ignore", "-r", "ignore", "-f", "text", "-F", "raw", "-o",
         str(folder / f"{zone}.raw"), zone, str(source)],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def unbound(folder: Path, manual: str, upstream: Upstream, primary: int, port: int = 0) -> Resolver:
    """Unbound with the shipped file `manual` (`tongban feed manual unbound`), taking the zone from a primary here."""
    program_ = program("unbound", "unbound")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    text = (
        manual.replace("192.0.2.53@53", f"{HERE}@{primary}")
        .replace("192.0.2.53", HERE)
        .replace("/var/lib/tongban-feed", str(folder))
    )
    (folder / "tongban.conf").write_text(text)
    (folder / "unbound.conf").write_text(
        f'server:\n  directory: "{folder}"\n  chroot: ""\n  username: ""\n  pidfile: "{folder}/pid"\n'
        f"  interface: {HERE}\n  port: {port}\n  use-syslog: no\n  do-daemonize: no\n  do-not-query-localhost: no\n"
        f'  num-threads: 1\n  verbosity: 1\n  do-ip6: no\n  trust-anchor-file: ""\n  auto-trust-anchor-file: ""\n'
        f'include: "{folder}/tongban.conf"\n'
        f'forward-zone:\n  name: "."\n  forward-addr: {HERE}@{upstream.port}\n'
        f"remote-control:\n  control-enable: no\n"
    )
    return Resolver([program_, "-d", "-c", str(folder / "unbound.conf")], port, folder)


@contextlib.contextmanager
def ended(*resolvers: Resolver) -> Iterator[None]:
    """Ends them whatever happens."""
    try:
        yield
    finally:
        for one in resolvers:
            one.kill()


def gap(resolver: Resolver, listed: str, seconds: float, every: float = 0.002) -> tuple[int, int, float]:
    """Ask for a listed name all the time for so many seconds: how often it was answered, how often it was open, and
    the seconds until it was first refused."""
    began, answered, opened, first = time.monotonic(), 0, 0, -1.0
    while time.monotonic() - began < seconds:
        said = resolver.says(listed, DEAD)
        if said != "-":
            answered += 1
        if said == ANSWER:
            opened += 1
        if said == "NXDOMAIN" and first < 0:
            first = time.monotonic() - began
        time.sleep(every)
    return answered, opened, first


__all__ = [
    "ANSWER", "KEY", "RECENT", "ZONE", "NotInstalled", "Resolver", "Upstream", "bind", "compiled", "ended", "free_port",
    "gap", "unbound",
]  # fmt: skip
