# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that make a HiPS of the same mosaics, and what they left."""
import dataclasses
import json
import os
import pathlib
import re
import subprocess

ID = "BENCH/P/lotss"
HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Contestant:
    name: str        # as in tables
    tool: str        # "ours", "hipsgen" or "reproject"
    folder: str      # of its outputs
    command: object  # function of the output folder -> list
    formats: tuple   # tiles that must be there in the end
    remark: str = ""
    kernel: str = ""
    threads: int = 0


@dataclasses.dataclass
class Output:
    order: int = -1
    leaves: int = 0
    width: int = 512
    bytes: int = 0
    missing: tuple = ()  # formats without a tile

    def leaf_megapixels(self):
        return self.leaves * self.width ** 2 / 1e6


def ours(program, inputs, kernel, threads, *more):
    return Contestant(
        "ours, %s, %d thread%s" % (kernel, threads, "" if threads == 1 else "s"),
        "ours", "ours-%s-%d" % (kernel, threads),
        lambda out: [program, "build", inputs, "-o", out, "--id", ID, "--formats", "fits,png",
                     "--kernel", kernel, "--threads", threads, "--json", "-q", *more],
        ("fits", "png"), kernel=kernel, threads=threads)


def hipsgen(jar, heap, home, inputs, threads):
    return Contestant(
        "Hipsgen %s, %d threads" % (debian_version("aladin"), threads), "hipsgen", "hipsgen",
        lambda out: ["java", "-Xmx" + heap, "-Duser.home=%s" % home, "-Djava.awt.headless=true",
                     "-jar", jar, "-hipsgen", "in=%s" % inputs, "out=%s" % out,
                     "creator_did=" + ID, "maxthread=%d" % threads, "INDEX", "TILES", "PNG"],
        ("fits", "png"), "Hipsgen: bilinear; INDEX TILES PNG in one process, -Xmx%s" % heap)


def reproject(python, inputs, threads):
    return Contestant(
        "reproject, %d threads" % threads, "reproject", "reproject",
        lambda out: [python, HERE / "reproject_hips.py", out, threads, *fits_in(inputs)],
        ("fits",), "reproject: bilinear; the mosaics on one grid, then tiles; FITS only, no PNG")


def has_reproject(python):
    done = subprocess.run([python, "-c", "import reproject.hips"], capture_output=True,
                          check=False)
    return done.returncode == 0


def debian_version(package):
    try:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package],
                              capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.split("+")[0]


def fits_in(folder):
    return sorted(pathlib.Path(folder).glob("*.fits"))


def private_peak(said):
    """What our own summary says about private memory, if it does."""
    try:
        return json.loads(pathlib.Path("%s.out" % said).read_text()).get("peak_private_bytes")
    except (OSError, ValueError, AttributeError):
        return None


def look_at(root, formats):
    """The tiles of a HiPS; Hipsgen's exit status tells nothing, its tiles do."""
    output = Output()
    orders = {name: {} for name in formats}
    for folder, _, names in os.walk(root):
        place = re.search(r"/Norder(\d+)/Dir\d+$", folder)
        for name in names:
            output.bytes += os.path.getsize(os.path.join(folder, name))
            tile = re.fullmatch(r"Npix\d+\.(\w+)", name)
            if place and tile and tile[1] in orders and "HpxFinder" not in folder:
                order = int(place[1])
                orders[tile[1]][order] = orders[tile[1]].get(order, 0) + 1
    output.missing = tuple(name for name in formats if not orders[name])
    if orders["fits"]:
        output.order, output.leaves = max(orders["fits"].items())
    return output
