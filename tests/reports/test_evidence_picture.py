"""The picture of a page by a browser that reaches nothing by itself: whatever the page tries goes through the same
rules, and what is no request of a page has nowhere to go. Forbidden places count who comes: nobody."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest

from tongban.reports.evidence import browsing, looking

from .hostile import Server, moved, page, serving

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, browsing.PROGRAMS)),
    reason="no Chromium on this machine (Debian: chromium-headless-shell)",
)
BROWSER = {"as_root": True}


@pytest.fixture(autouse=True)
def shut_in():
    try:
        browsing.found(browsing.Browser(as_root=True))
    except looking.Refused as refused:
        if refused.reason != "no_namespace":
            raise
        pytest.skip("this machine lets nobody make a network namespace")


class Datagrams:
    """A port that counts datagrams: WebRTC's STUN, QUIC, names."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port, self.came = self._socket.getsockname()[1], 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self):
        while True:
            try:
                self._socket.recv(2000)
            except OSError:
                return
            self.came += 1

    def close(self):
        self._socket.close()


HOSTILE = """<!doctype html><meta charset=utf-8><title>x</title><link rel=stylesheet href="/ok.css">
<link rel=stylesheet href="http://127.0.0.1:{p}/css"><link rel=preconnect href="http://127.0.0.1:{p}/">
<link rel=prefetch href="http://127.0.0.1:{p}/prefetch"><link rel=dns-prefetch href="//leak.example">
<link rel=icon href="http://127.0.0.1:{p}/icon"><link rel=preload as=font href="http://127.0.0.1:{p}/font" crossorigin>
<style>body{{background:url(http://127.0.0.1:{p}/bg)}}@import url(http://[::1]:{p6}/import);</style>
<h1>假网站</h1><img src="http://127.0.0.1:{p}/img"><img src="http://2130706433:{p}/img2"><img src="/moved">
<img src="http://localhost:{p}/img3"><img src="http://inward.example:{p}/img4"><img src="http://[::1]:{p6}/img5">
<img src="http://169.254.169.254/latest"><img src="file:///etc/passwd"><img src="ftp://127.0.0.1:{p}/x">
<script src="http://127.0.0.1:{p}/script"></script><iframe src="http://127.0.0.1:{p}/frame"></iframe>
<iframe src="file:///etc/passwd"></iframe><iframe src="/frame"></iframe>
<object data="http://127.0.0.1:{p}/object"></object><embed src="http://127.0.0.1:{p}/embed">
<video src="http://127.0.0.1:{p}/video" autoplay></video><a id=a ping="http://127.0.0.1:{p}/ping" href="#x">x</a>
<form id=f method=post action="http://127.0.0.1:{p}/post" target=_blank><input name=a></form>
<script>
const at = 'http://127.0.0.1:{p}/';
fetch(at + 'fetch').catch(() => 0); fetch(at + 'post', {{method: 'POST', body: 'x', mode: 'no-cors'}}).catch(() => 0);
fetch('/own-post', {{method: 'POST', body: 'x'}}).catch(() => 0);
fetch('file:///etc/passwd').then(a => a.text()).then(t => fetch('/leak?' + t.length)).catch(() => 0);
navigator.sendBeacon(at + 'beacon', 'x'); document.getElementById('a').click();
try {{ new WebSocket('ws://127.0.0.1:{p}/ws') }} catch (e) {{}}
try {{ new WebSocket('ws://site.example:{own}/ws') }} catch (e) {{}}
try {{ new EventSource(at + 'events') }} catch (e) {{}}
try {{ new Worker('/worker.js') }} catch (e) {{}}
try {{ new WebTransport('https://127.0.0.1:{udp}/') }} catch (e) {{}}
try {{ navigator.serviceWorker.register('/sw.js') }} catch (e) {{}}
try {{
  const c = new RTCPeerConnection({{iceServers: [{{urls: ['stun:127.0.0.1:{udp}',
    'turn:127.0.0.1:{p}?transport=tcp'], username: 'a', credential: 'b'}}]}});
  c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o));
}} catch (e) {{}}
window.open(at + 'popup'); document.getElementById('f').submit(); alert('stay');
</script>"""


def looked_at(site, tmp_path, **more):
    order = {
        "address": f"http://site.example:{site.port}/",
        "allowed": [[site.host, site.port]],
        "known": {"site.example": [site.host], "inward.example": ["127.0.0.1"]},
        "ports": list(range(1, 65536)),
        "browser": BROWSER,
        **more,
    }
    return looking.look(order, tmp_path)


def test_a_hostile_page_reaches_nothing_that_it_may_not(tmp_path):
    site, inside, inside6, datagrams = Server(), Server(), Server(host="::1"), Datagrams()
    with serving(site, inside, inside6, datagrams):
        site.answers |= {
            "/": page(HOSTILE.format(p=inside.port, p6=inside6.port, udp=datagrams.port, own=site.port)),
            "/ok.css": page("h1{color:#c00}", "text/css"),
            "/moved": moved(f"http://127.0.0.1:{inside.port}/moved-to"),
            "/frame": page(f"<img src=http://127.0.0.1:{inside.port}/in-frame><meta http-equiv=refresh "
                           f"content='0;url=http://127.0.0.1:{inside.port}/refreshed'>"),
            "/worker.js": page(f"fetch('http://127.0.0.1:{inside.port}/in-worker').catch(()=>0);"
                               f"new WebSocket('ws://127.0.0.1:{inside.port}/w')", "text/javascript"),
            "/sw.js": page("self.addEventListener('fetch',()=>0)", "text/javascript"),
        }  # fmt: skip
        said = looked_at(site, tmp_path)
        time.sleep(0.5)
        assert (inside.connections, inside6.connections, datagrams.came) == (0, 0, 0)
        assert not any(path.startswith("/leak") for path in site.asked)
        assert not any(path == "/own-post" for path in site.asked)  # nothing is ever sent, also to the site itself
        assert {"/", "/ok.css", "/frame"} <= set(site.asked)
        assert len(site.asked) == len(set(site.asked))
    assert "no_picture" not in said
    assert said["settled"]
    refused = {one["address"] for one in said["refused"]}
    for path in ("img", "script", "fetch", "css", "in-frame"):
        assert f"http://127.0.0.1:{inside.port}/{path}" in refused
    assert (tmp_path / looking.PICTURE).read_bytes().startswith(b"\x89PNG")


def test_a_page_that_refreshes_itself_inward_goes_nowhere(tmp_path):
    site, inside = Server(), Server()
    with serving(site, inside):
        site.answers["/"] = page(
            f"<meta http-equiv=refresh content='0;url=http://127.0.0.1:{inside.port}/'>"
            f"<script>location='http://localhost:{inside.port}/'</script>x"
        )
        looked_at(site, tmp_path)
        assert inside.connections == 0


def test_a_page_that_never_settles_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(browsing, "SECONDS", 12.0)
    site = Server({"/": page("<h1>x</h1><script>let n=0;setInterval(()=>{fetch('/'+n++);},1);while(0);</script>")})
    with serving(site):
        began = time.monotonic()
        said = looked_at(site, tmp_path)
        assert time.monotonic() - began < 60
        assert said["requests"] <= 121


def test_a_page_that_hangs_or_eats_leaves_its_record_without_a_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(browsing, "SECONDS", 10.0)
    site = Server({"/": page("<h1>x</h1><script>while(1){}</script>")})
    with serving(site):
        said = looked_at(site, tmp_path)
        assert said.get("no_picture") == "browser" or said["settled"] is False
    monkeypatch.setattr(browsing, "MEMORY", 1)
    site = Server({"/": page("<h1>x</h1>")})
    with serving(site):
        assert looked_at(site, tmp_path)["no_picture"] == "memory"
    assert (tmp_path / looking.RECORD).stat().st_size > 300


def test_nothing_of_the_browser_is_left(tmp_path):
    site = Server({"/": page("<h1>x</h1>")})
    with serving(site):
        looked_at(site, tmp_path)
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert "tongban-look-" not in left


@pytest.mark.skipif(os.geteuid() != 0, reason="for root alone")
def test_root_takes_no_picture_unless_a_setting_says_so(tmp_path):
    site = Server({"/": page("<h1>x</h1>")})
    with serving(site):
        said = looked_at(site, tmp_path, browser={"as_root": False})
    assert said["no_picture"] == "root"
    assert said["status"] == 200


def test_the_child_is_a_program_of_its_own_that_is_given_nothing(tmp_path):
    site = Server({"/": page("<h1>x</h1>")})
    with serving(site):
        order = {
            "address": f"http://site.example:{site.port}/",
            "allowed": [[site.host, site.port]],
            "known": {"site.example": [site.host]},
            "browser": BROWSER,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tongban.reports.evidence.looking", str(tmp_path)],
            input=json.dumps(order), text=True, capture_output=True, timeout=90,
            env={"PATH": os.defpath},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / looking.LOOK).read_text())["picture_sha256"]
    loaded = subprocess.run(
        [sys.executable, "-c",
         "import sys, tongban.reports.evidence.looking; print([m for m in sys.modules if m.startswith('django')])"],
        text=True, capture_output=True, env={"PATH": os.defpath},
    )  # fmt: skip
    assert loaded.stdout.strip() == "[]"
