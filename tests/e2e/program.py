# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs hipsgen for the end-to-end tests and looks at what it left."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from astropy.io import fits

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
DATA = pathlib.Path(os.environ.get("HIPS_TEST_DATA", SOURCE / "../shared/data"))
CONFIGS = SOURCE / "configs"


def run(*args, expect=0, timeout=600, **options):
    """hipsgen ARGS; returns the finished process, whose status was expected."""
    done = subprocess.run(["hipsgen", *map(str, args)], capture_output=True, text=True,
                          timeout=timeout, **options)
    if expect is not None and done.returncode != expect:
        raise AssertionError("hipsgen %s: exit %d, expected %d\n%s%s" % (
            " ".join(map(str, args)), done.returncode, expect, done.stdout, done.stderr))
    return done


def build(inputs, out, *options, **keywords):
    if isinstance(inputs, (str, pathlib.Path)):
        inputs = [inputs]
    return run("build", *inputs, "-o", out, "--id", "TEST/P/x", "-q", *options, **keywords)


def tree(root, *, also_ledger=False):
    """Path -> SHA-256 of every published file."""
    files = {}
    for folder, names, leaves in os.walk(root):
        if not also_ledger and ".hipsgen" in names:
            names.remove(".hipsgen")
        for leaf in leaves:
            path = pathlib.Path(folder) / leaf
            files[str(path.relative_to(root))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return files


def everything(root):
    """Path -> hash, the ledger too, but for the lock, which names a process."""
    files = tree(root, also_ledger=True)
    files.pop(".hipsgen/lock", None)
    return files


def stamps(root):
    """Path -> inode and time of every tile."""
    return {str(p.relative_to(root)): (p.stat().st_ino, p.stat().st_mtime_ns)
            for p in root.glob("Norder*/Dir*/Npix*")}


def change_pixels(path, factor=1.25):
    with fits.open(path, mode="update") as hdus:
        hdus[-1].data *= factor


def agrees_with_oracle(hips, inputs, *options):
    done = subprocess.run([sys.executable, HERE / "oracle_check.py", hips, *map(str, inputs),
                           *map(str, options)], capture_output=True, text=True, timeout=900)
    print("  " + done.stdout.strip() + done.stderr.strip(), flush=True)
    return done.returncode == 0


def needs_data(test):
    """Skips a test loudly when the real data is not there."""
    missing = not DATA.is_dir()
    if missing:
        print("SKIPPED %s: no real test data; set HIPS_TEST_DATA (looked in %s)"
              % (test.__qualname__, DATA), flush=True)
    return unittest.skipIf(missing, "no real test data")(test)


class Case(unittest.TestCase):
    """A test with a folder of its own and one date for all builds."""

    def setUp(self):
        os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
        holder = tempfile.TemporaryDirectory(prefix="hips-e2e-")
        self.addCleanup(holder.cleanup)
        self.work = pathlib.Path(holder.name)

    def simulate(self, survey, *options):
        out = self.work / "mosaics"
        run("simulate", out, "--surveys", survey, "-q", "--force", *options)
        return out / survey / "fits"

    def fits_in(self, folder):
        return sorted(p for p in folder.rglob("*") if p.is_file())
