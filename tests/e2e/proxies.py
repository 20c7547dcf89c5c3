#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hipsserve behind nginx and Caddy: configs/nginx-hipsserve.conf and
configs/Caddyfile with other ports and a self-made certificate.

  proxies.py [HIPSSERVE]     default: $HIPSSERVE, else build/release/bin

Needs curl, openssl and the proxies (scripts/setup --with-clients); a proxy that
is not installed is skipped. Loopback, ports 18500-18599; ends what it starts.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HIPSSERVE", str(ROOT / "build/release/bin/hipsserve"))
NAME = "hips.example.org"
FIRST_PORT, LAST_PORT = 18500, 18599
TILE = bytes(range(256)) * 400

PROPERTIES = """creator_did = ivo://T/P/one
obs_title = One
dataproduct_type = image
hips_version = 1.4
hips_release_date = 2026-01-02T03:04Z
hips_status = public master clonableOnce
hips_frame = equatorial
hips_order = 3
hips_tile_format = png
"""


def free_port():
    for port in range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("ports 18500-18599 are all taken")


def wait_for(port, process):
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError(process.args)
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("port %d stays closed" % port)


def find(program):
    """The program's path; nginx is where only root looks."""
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


class Answer:
    """What curl got: status, headers (lower case), body, HTTP version."""

    def __init__(self, port, target, *options):
        with tempfile.TemporaryDirectory() as folder:
            head, body = pathlib.Path(folder, "head"), pathlib.Path(folder, "body")
            body.touch()
            done = subprocess.run(
                ["curl", "-sS", "--insecure", "--max-time", "20", "--noproxy", "*",
                 "--resolve", f"{NAME}:{port}:127.0.0.1", "-D", head, "-o", body,
                 "-w", "%{http_code} %{http_version}", *options,
                 f"https://{NAME}:{port}{target}"],
                capture_output=True, text=True, check=False)
            if done.returncode:
                raise AssertionError("curl: " + done.stderr)
            status, self.version = done.stdout.split()
            self.status = int(status)
            self.headers = dict(
                (key.strip().lower(), value.strip()) for key, _, value in
                (line.partition(":") for line in head.read_text().splitlines()[1:]))
            self.body = body.read_bytes()


class Proxied:
    """The tests, for each proxy."""

    @classmethod
    def setUpClass(cls):
        if find(cls.proxy) is None:
            why = f"SKIPPED {cls.proxy} is not installed; scripts/setup --with-clients"
            print(why)
            raise unittest.SkipTest(why)

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        tile = self.folder / "one/Norder3/Dir0/Npix5.png"
        tile.parent.mkdir(parents=True)
        tile.write_bytes(TILE)
        (self.folder / "one/properties").write_text(PROPERTIES)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
             "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem"],
            check=True, capture_output=True)
        self.upstream = free_port()
        log = open(self.folder / "server.log", "w")
        self.addCleanup(log.close)
        # The proxy's port is not known yet: it is the next free one.
        server = ["--listen", f"127.0.0.1:{self.upstream}", self.folder / "one"]
        with socket.socket() as held:
            held.bind(("127.0.0.1", self.upstream))
            self.port = free_port()
        self.start([PROGRAM, *server, "--public-url",
                    f"https://{NAME}:{self.port}"], self.upstream, log)
        self.start(self.proxy_command(), self.port, subprocess.DEVNULL)

    def start(self, command, port, output):
        process = subprocess.Popen([str(word) for word in command],
                                   stdout=output, stderr=output,
                                   env=dict(os.environ, HOME=str(self.folder),
                                            XDG_DATA_HOME=str(self.folder)))
        def end():
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.addCleanup(end)
        wait_for(port, process)

    def get(self, target, *options):
        return Answer(self.port, target, *options)

    tile = "/T/P/one/Norder3/Dir0/Npix5.png"

    def test_tiles_come_through_unchanged(self):
        for option in ("--http1.1", "--http2"):
            answer = self.get(self.tile, option)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.body, TILE)
            self.assertEqual(answer.headers["content-type"], "image/png")
            self.assertIn("max-age", answer.headers["cache-control"])
            self.assertEqual(answer.version, option[6:])

    def test_a_tile_that_is_known_is_not_sent_again(self):
        first = self.get(self.tile)
        etag = first.headers["etag"]
        again = self.get(self.tile, "-H", "If-None-Match: " + etag)
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(again.headers["etag"], etag)
        dated = self.get(self.tile, "-H",
                         "If-Modified-Since: " + first.headers["last-modified"])
        self.assertEqual(dated.status, 304)

    def test_every_answer_has_cors_once(self):
        for target, options, status in (
                (self.tile, (), 200), ("/T/P/one/properties", (), 200),
                ("/T/P/one/Norder3/Dir0/Npix6.png", (), 404), ("/absent", (), 404),
                (self.tile, ("-X", "OPTIONS", "-H",
                             "Access-Control-Request-Method: GET"), 204)):
            answer = self.get(target, "-H", "Origin: https://a.example", *options)
            self.assertEqual(answer.status, status, target)
            self.assertEqual(answer.headers["access-control-allow-origin"], "*")

    def test_heads_and_ranges_work(self):
        head = self.get(self.tile, "--head")
        self.assertEqual(head.headers["content-length"], str(len(TILE)))
        part = self.get(self.tile, "-r", "1000-1009")
        self.assertEqual((part.status, part.body), (206, TILE[1000:1010]))

    def test_the_list_has_urls_that_clients_can_open(self):
        text = self.get("/hipslist").body.decode()
        url = re.search(r"hips_service_url\s*= (\S+)", text)[1]
        self.assertEqual(url, f"https://{NAME}:{self.port}/T/P/one")
        self.assertEqual(self.get(url.split(str(self.port))[1] +
                                  "/properties").status, 200)

    def test_hundreds_of_tiles_on_one_connection(self):
        config = self.folder / "urls"
        config.write_text("".join(
            f'url = "https://{NAME}:{self.port}{self.tile}"\n'
            f'output = "{self.folder}/out{i}"\n' for i in range(300)))
        subprocess.run(
            ["curl", "-sS", "--insecure", "--http2", "--parallel", "--noproxy", "*",
             "--no-progress-meter", "--fail", "--resolve", f"{NAME}:{self.port}:127.0.0.1",
             "-K", config], check=True, stderr=subprocess.DEVNULL)
        for i in range(300):
            self.assertEqual((self.folder / f"out{i}").read_bytes(), TILE)


class BehindNginx(Proxied, unittest.TestCase):
    proxy = "nginx"

    def proxy_command(self):
        text = (ROOT / "configs/nginx-hipsserve.conf").read_text()
        for old, new in (
                ("127.0.0.1:8080", f"127.0.0.1:{self.upstream}"),
                ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
                ("/etc/ssl/hips.example.org.pem", f"{self.folder}/cert.pem"),
                ("/etc/ssl/private/hips.example.org.key", f"{self.folder}/key.pem")):
            self.assertIn(old, text)
            text = text.replace(old, new)
        # Neither IPv6 nor port 80 is for a test.
        text = re.sub(r"\n *listen \[::\]:443[^\n]*", "", text)
        text = text[:text.rindex("server {")]
        self.assertNotIn(":80;", text)
        config = self.folder / "nginx.conf"
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config.write_text(
            f"daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;\n"
            "events {}\nhttp {\naccess_log off;\n" + temporary + text + "}\n")
        command = [find("nginx"), "-c", config, "-p", self.folder,
                   "-e", self.folder / "error.log"]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertNotIn("[warn]", checked.stderr)
        return command


class BehindCaddy(Proxied, unittest.TestCase):
    proxy = "caddy"

    def proxy_command(self):
        shipped = ROOT / "configs/Caddyfile"
        checked = subprocess.run(
            [find("caddy"), "validate", "--adapter", "caddyfile", "--config", shipped],
            capture_output=True, text=True, check=False,
            env=dict(os.environ, HOME=str(self.folder),
                     XDG_DATA_HOME=str(self.folder)))
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertNotIn("not formatted", checked.stderr)
        text = shipped.read_text()
        for old, new in (
                ("127.0.0.1:8080", f"127.0.0.1:{self.upstream}"),
                (f"\n{NAME} {{\n",
                 f"\n{{\n\tadmin off\n\tauto_https off\n}}\n"
                 f"https://{NAME}:{self.port} {{\n\tbind 127.0.0.1\n"
                 f"\ttls {self.folder}/cert.pem {self.folder}/key.pem\n")):
            self.assertIn(old, text)
            text = text.replace(old, new)
        config = self.folder / "Caddyfile"
        config.write_text(text)
        return [find("caddy"), "run", "--adapter", "caddyfile", "--config", config]


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        PROGRAM = sys.argv.pop(1)
    unittest.main()
