#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hipsserve as a user meets it: options, config file, addresses, signals.

  serve_program.py [HIPSSERVE]     default: $HIPSSERVE, else build/release/bin

Needs nothing but Python; loopback only; ends what it starts. Exit 0: all hold.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HIPSSERVE", str(ROOT / "build/release/bin/hipsserve"))

PROPERTIES = """creator_did = ivo://{id}
obs_title = Survey {id}
dataproduct_type = image
hips_version = 1.4
hips_release_date = 2026-01-02T03:04Z
hips_status = public master clonableOnce
hips_frame = equatorial
hips_order_min = 0
hips_order = 3
hips_tile_format = png
hips_initial_ra = 61.9
hips_initial_dec = 19.6
hips_initial_fov = 11
moc_sky_fraction = 0.0013
"""


def make_hips(folder, identifier):
    tile = folder / "Norder3/Dir0/Npix5.png"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"\x89PNG" + b"x" * 5_000_000)
    (folder / "properties").write_text(PROPERTIES.format(id=identifier))
    return folder


class Server:
    """hipsserve on a free port, ended on leaving."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.first_line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.first_line)
        assert found, self.first_line + self.process.stderr.read()
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def get(self, target, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=10)
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body.decode("latin1")

    def end(self, number=signal.SIGTERM):
        """Exit status, further standard output, standard error, seconds."""
        self.process.send_signal(number)
        start = time.monotonic()
        output, errors = self.process.communicate(timeout=20)
        return (self.process.returncode, output, errors,
                time.monotonic() - start)


def run(*arguments):
    """Exit status, standard output, standard error of a run that ends."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], text=True,
                          capture_output=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


class ServeProgram(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.one = make_hips(self.folder / "data/one", "T/P/one")
        self.two = make_hips(self.folder / "data/deep/two", "T/P/two")

    def assert_fault(self, result, status, *words):
        self.assertEqual(result[0], status, result)
        self.assertEqual(result[2].count("\n"), 1, "one line: " + result[2])
        for word in words:
            self.assertIn(word, result[2])

    def test_prints_an_address_for_each_hips_and_serves_it(self):
        with Server(self.folder / "data", "--quiet") as server:
            lines = [server.process.stdout.readline() for _ in range(2)]
            self.assertIn("2 HiPS", server.first_line)
            for name, line in zip(("one", "two"), lines):
                url = f"http://127.0.0.1:{server.port}/T/P/{name}"
                self.assertTrue(line.startswith(url + " "), line)
                status, text = server.get(f"/T/P/{name}/properties")
                self.assertEqual(status, 200)
                self.assertIn(f"ivo://T/P/{name}", text)

    def test_logs_a_line_a_request(self):
        with Server(self.one) as server:
            server.process.stdout.readline()
            server.get("/healthz", **{"User-Agent": "probe\""})
            server.get("/absent")
            _, output, _, _ = server.end()
        # A line is written when its answer is out: two clients may race.
        lines = sorted(output.splitlines(), key=lambda line: "absent" in line)
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], r'^127\.0\.0\.1 - - \[.*\] '
                         r'"GET /healthz HTTP/1\.1" 200 3 "-" "probe\\x22"$')
        self.assertIn('"GET /absent HTTP/1.1" 404 ', lines[1])

    def test_logs_json(self):
        with Server(self.one, "--log-format", "json") as server:
            self.assertEqual(json.loads(server.first_line)["folder"],
                             str(self.one))
            server.get("/healthz")
            _, output, _, _ = server.end()
        line = json.loads(output)
        self.assertEqual((line["method"], line["target"], line["status"]),
                         ("GET", "/healthz", 200))

    def test_is_quiet_when_asked(self):
        with Server(self.one, "--quiet") as server:
            server.process.stdout.readline()
            server.get("/healthz")
            self.assertEqual(server.end()[1], "")

    def test_ends_with_0_and_promptly_on_both_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Server(self.one) as server:
                idle = socket.create_connection(("127.0.0.1", server.port))
                status, _, errors, seconds = server.end(number)
                idle.close()
                self.assertEqual(status, 0)
                self.assertRegex(errors, r"\Astopping: .*\nstopped\n\Z")
                self.assertLess(seconds, 2)

    def test_finishes_a_download_when_stopped(self):
        with Server(self.one) as server:
            client = socket.create_connection(("127.0.0.1", server.port))
            client.sendall(b"GET /T/P/one/Norder3/Dir0/Npix5.png HTTP/1.1\r\n"
                           b"Host: x\r\n\r\n")
            received = client.recv(1000)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            while part := client.recv(1 << 16):
                received += part
            client.close()
            self.assertEqual(len(received.split(b"\r\n\r\n", 1)[1]), 5_000_004)
            self.assertEqual(server.process.wait(timeout=10), 0)

    def test_says_that_the_port_is_taken(self):
        with Server(self.one) as server:
            self.assert_fault(
                run(self.two, "--listen", f"127.0.0.1:{server.port}"), 75,
                f"127.0.0.1:{server.port}", "another program")

    def test_reads_a_config_and_lets_options_win(self):
        config = self.folder / "conf.toml"
        config.write_text('folders = ["data/deep"]\nlisten = "127.0.0.1:1"\n'
                          'title = "From the file"\nquiet = true\n'
                          '[mount]\n"/my/one" = "data/one"\n')
        with Server("--config", config) as server:
            self.assertIn("From the file", server.get("/")[1])
            self.assertEqual(server.get("/my/one/properties")[0], 200)
            self.assertEqual(server.get("/T/P/two/properties")[0], 200)
        with Server("--config", config, "--title", "Typed") as server:
            self.assertIn("Typed", server.get("/")[1])

    def test_the_shipped_config_has_known_keys_only(self):
        shipped = (ROOT / "configs/hipsserve.toml").read_text()
        config = self.folder / "shipped.toml"
        config.write_text(shipped.replace("/srv/hips", str(self.one))
                          .replace("# public_url", "public_url"))
        status, output, errors = run("--config", config, "--check")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("https://hips.example.org/T/P/one", output)

    def test_faults_of_a_config_name_file_line_and_key(self):
        config = self.folder / "conf.toml"
        for text, *words in (
                ('lisen = "x"', "line 1", '"lisen"', 'did you mean "listen"?'),
                ("\nqqqqq = 1", "line 2", "known are folders"),
                ("threads = 1.5", "threads", "whole number"),
                ('threads = "many"', "threads", "whole number"),
                ("threads = 0", "1 to 10000"),
                ("quiet = 1", "quiet", "true or false"),
                ('folders = "x"', "folders", "list"),
                ("folders = [1]", "folders", "text"),
                ('mount = "x"', "mount", "table"),
                ('[mount]\n"/a" = 1', "mount./a"),
                ('[mount]\na = "b"', "line 2", '"a"', "starts with '/'"),
                ("quiet = tru\n", "line 1", "true"),
                ('listen = "8080"', "HOST:PORT"),
                ('log_format = "xml"', "text or json"),
                ('public_url = "ftp://x"', "http(s)"),
                ("listen = ", "line 1"),
                ("quiet = true\nquiet = true", "line 2")):
            config.write_text(text)
            self.assert_fault(run(self.one, "--config", config), 2,
                              str(config), *words)
        self.assert_fault(run(self.one, "--config", self.folder / "absent"), 2,
                          "absent", "cannot be read")

    def test_faults_of_the_command_line(self):
        self.copy = make_hips(self.folder / "copy", "T/P/one")
        missing = self.folder / "missing"
        for arguments, *words in (
                ((), "nothing to serve"),
                ((missing,), "no such folder"),
                ((self.one, "--lisen", "x"), "--lisen"),
                ((self.one, "--listen", "127.0.0.1:70000"), "HOST:PORT"),
                ((self.one, "--threads", "0"), "1 to 10000"),
                ((self.one, "--threads", "x"), "--threads"),
                ((self.one, "--mount", "/a"), "/PATH=DIR"),
                ((self.one, self.copy), "two HiPS at /T/P/one", "--mount"),
                (("--mount", f"/a={missing}"), "/a", "no such folder"),
                (("--mount", f"/healthz={self.one}"), "own name"),
                ((self.one, "--listen", "192.0.2.1:0"), "not an address")):
            self.assert_fault(run(*arguments), 2, *words)

    def test_a_broken_hips_is_bad_input(self):
        (self.one / "properties").write_text("hips_order = 3\n")
        self.assert_fault(run(self.one), 4, "creator_did", "--mount")

    def test_check_says_what_would_be_served_and_ends(self):
        status, output, errors = run(self.folder / "data", "--check")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("http://127.0.0.1:8080/T/P/two", output)

    def test_check_finds_what_would_keep_it_from_starting(self):
        config = self.folder / "conf.toml"
        for text, *words in (
                ('access_log = "no/folder/a.log"', "access_log", "no/folder"),
                ('access_log = "."', "access_log", "directory"),
                ('metrics = "127.0.0.1:8080"', "metrics", "that of listen"),
                ('listen = "192.0.2.1:80"', "not an address"),
                ('metrics = "192.0.2.1:80"', "not an address")):
            config.write_text(text)
            self.assert_fault(run(self.one, "--config", config, "--check"), 2,
                              *words)
        config.write_text('access_log = "a.log"')
        self.assertEqual(run(self.one, "--config", config, "--check")[0], 0)
        self.assertFalse((self.folder / "a.log").exists())

    def test_check_warns_of_what_clients_cannot_use(self):
        path = self.one / "properties"
        text = path.read_text()
        for change, *words in (
                (("hips_order = 3", "hips_order = 9"), "hips_order is 9", "order 3"),
                (("= equatorial", "= martian"), "martian"),
                (("= png", "= png bmp"), '"bmp"')):
            path.write_text(text.replace(*change))
            status, _, errors = run(self.one, "--check")
            self.assertEqual(status, 0)
            for word in words:
                self.assertIn(word, errors)
        path.write_text(text)
        (self.one / "Norder3").rename(self.folder / "away")
        self.assertIn("no tiles", run(self.one, "--check")[2])

    def test_a_copy_that_was_forgotten_keeps_nothing_away(self):
        with Server(self.folder / "data", "--quiet") as server:
            make_hips(self.folder / "data/one-copy", "T/P/one")
            make_hips(self.folder / "data/three", "T/P/three")
            self.wait_for(server, "/T/P/three/properties", "P/three")
            errors = server.end()[2]
        self.assertIn("one-copy", errors)
        self.assertIn("/T/P/three: served from", errors)

    def test_goes_on_when_the_log_cannot_be_opened_anew(self):
        logs = self.folder / "logs"
        logs.mkdir()
        config = self.folder / "conf.toml"
        config.write_text('folders = ["data"]\naccess_log = "logs/a.log"\n')
        with Server("--config", config) as server:
            logs.rename(self.folder / "moved")
            server.process.send_signal(signal.SIGHUP)
            self.wait_for(server, "/metrics", 'reloads_total{result="good"} 1')
            server.get("/after")
            status, _, errors, _ = server.end()
        self.assertEqual(status, 0)
        self.assertIn("lines go where they went", errors)
        self.assertIn("/after", (self.folder / "moved/a.log").read_text())

    def test_names_the_keys_that_wait_for_the_next_start(self):
        config = self.folder / "conf.toml"
        config.write_text('folders = ["data"]\n')
        with Server("--config", config, "--quiet") as server:
            config.write_text('folders = ["data"]\ntitle = "Other"\n'
                              'metrics = ":1"\n[limits]\nburst = 7\n')
            self.wait_for(server, "/", "Other")
            self.assertEqual(server.get("/metrics")[0], 200)
            errors = server.end()[2]
        for key in ("metrics", "limits.burst"):
            self.assertIn(key + " changed: that counts from the next start", errors)
        self.assertNotIn("title changed", errors)

    def test_tiles_may_come_after_the_properties(self):
        """As rsync brings them, with and without a SIGHUP at the end."""
        late = self.folder / "late"
        make_hips(self.folder / "data/three", "T/P/three")
        (self.folder / "data/three/Norder3").rename(late)
        tile = "/T/P/three/Norder3/Dir0/Npix5.png"
        with Server(self.folder / "data", "--quiet") as server:
            server.get("/T/P/three/properties")
            self.assertEqual(server.get(tile)[0], 404)
            late.rename(self.folder / "data/three/Norder3")
            self.assertEqual(server.get(tile)[0], 200)
            self.wait_for(server, "/moc/T/P/three?fmt=ascii", "3/5")
            (self.folder / "data/three/Norder3/Dir0/Npix6.png").write_bytes(b"x")
            self.assertEqual(server.get(tile.replace("x5", "x6"))[0], 200)
            server.process.send_signal(signal.SIGHUP)
            self.wait_for(server, "/moc/T/P/three?fmt=ascii", "3/5-6")

    def wait_for(self, server, target, text):
        """A second is promised; the rest is for a busy machine."""
        deadline = time.monotonic() + 5
        while text not in (answer := server.get(target)[1]):
            self.assertLess(time.monotonic(), deadline, answer[-300:])
            time.sleep(0.02)

    def test_warns_of_gaps_in_the_list(self):
        path = self.one / "properties"
        path.write_text(path.read_text().replace("hips_status", "x"))
        self.assertIn("no hips_status", run(self.one, "--check")[2])

    def test_follows_a_release_that_is_switched_by_a_link(self):
        link = self.folder / "current"
        link.symlink_to(self.one)
        with Server("--mount", f"/sky={link}") as server:
            self.assertIn("P/one", server.get("/sky/properties")[1])
            other = self.folder / "next"
            other.symlink_to(self.two)
            other.rename(link)
            deadline = time.monotonic() + 1
            while "P/two" not in server.get("/sky/properties")[1]:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            self.assertIn("P/two", server.get("/hipslist")[1])

    def test_helps(self):
        status, output, _ = run("--help")
        self.assertEqual(status, 0)
        for word in ("--listen", "--mount", "--config", "Exit status"):
            self.assertIn(word, output)


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        PROGRAM = sys.argv.pop(1)
    unittest.main()
