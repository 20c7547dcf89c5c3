#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What distribution costs, in figures.

  overhead.py [--size small|medium] [--fields N] [--shards 64] [--headers 5000]
              [--work DIR]

  overhead   processor time of plan, all shards one after the other and merge,
             against that of one `hipsgen build`      (target: at most 1.10)
  balance    the slowest shard against the median     (target: at most 1.5)
  plan       time and memory of a plan for thousands of mosaics all over the sky,
             files of real size that take no disk     (targets: 10 s, 512 MiB)

A shard costs the start of a process and its share of the merge, 20 to 30 ms,
whatever its size: with nine mosaics, where a shard has 0.15 s to do, that is more
than a tenth; with the 25 that are the default (0.4 s) less. Real ones take minutes.

All shards are made twice, the second time from the last to the first; overhead is
of the mean, balance of each shard's shorter time: a machine whose memory fills up
is slower at the end, whichever shards come there.

Exit status 1 when a target is missed. hipsgen is taken from PATH. 25 mosaics of
medium size need 13 GB below DIR. On ext4, new files take several times as long in
the minutes after thousands were removed, which this does: a DIR in memory
(/dev/shm) tells more.
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MIB = 1 << 20
BLOCK = 2880


class Spent:
    """Seconds and peak memory of one finished program."""

    def __init__(self, *command):
        start = time.monotonic()
        process = subprocess.Popen(["hipsgen", *map(str, command)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit("hipsgen %s: exit %d\n%s" % (" ".join(map(str, command)),
                                                  process.returncode, complaint))
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak_bytes = usage.ru_maxrss * 1024


def judge(name, value, limit, unit=""):
    """Prints a figure beside its target; whether it is met."""
    met = value <= limit
    print("  %-10s %8.2f%s   target %g%s   %s" % (name, value, unit, limit, unit,
                                                  "met" if met else "MISSED"), flush=True)
    return met


def shards_of(plan):
    """How many shards a plan has: not more than it has cells."""
    done = subprocess.run(["hipsgen", "status", "--plan", plan, "--json"], stdout=subprocess.PIPE,
                          check=False)
    return json.loads(done.stdout)["shards"]


class Pass:
    """Seconds of plan, of each shard and of the merge."""

    def __init__(self, plan, shards, merge):
        self.plan, self.shards, self.merge = plan, shards, merge
        self.cpu = plan + sum(shards) + merge


def distribute(work, mosaics, options, shards, order):
    """order: 1 makes the shards from the first to the last, -1 the other way round."""
    plan = work / "plan"
    planned = Spent("plan", mosaics, "-o", plan, "--output", work / "hips", "--shards", shards,
                    *options)
    count = shards_of(plan)
    runs = [Spent("run", "--plan", plan, "--shard", "%d/%d" % (i, count)).cpu
            for i in range(1, count + 1)[::order]]
    merge = Spent("merge", "--plan", plan)
    shutil.rmtree(work / "hips")
    shutil.rmtree(plan)
    return Pass(planned.cpu, runs[::order], merge.cpu)


def measure_overhead(work, size, fields, shards):
    subprocess.run(["hipsgen", "simulate", work / "mosaics", "--surveys", "lotss", "--size", size,
                    "--fields", str(fields), "-q"], check=True)
    mosaics = work / "mosaics/lotss/fits"
    options = ["--id", "TEST/P/overhead", "--formats", "fits,png", "--threads", "1"]

    def build():
        spent = Spent("build", mosaics, *options, "-q", "-o", work / "hips")
        shutil.rmtree(work / "hips")
        return spent

    build()  # not measured: brings the mosaics into memory for both
    before = build()

    passes = [distribute(work, mosaics, options, shards, order) for order in (1, -1)]
    # Machines are noisy: the shards lie between the runs that they are held against.
    one = (before.cpu + build().cpu) / 2
    cpu = statistics.mean(part.cpu for part in passes)
    times = [min(both) for both in zip(*(part.shards for part in passes))]
    print("%d shards of one survey (lotss, %s), one thread" % (len(times), size))
    print("  one run    %.2f s CPU" % one)
    for part in passes:
        print("  plan, shards, merge: %.2f, %.2f, %.2f s CPU" % (
            part.plan, sum(part.shards), part.merge))
    print("  shards     %.3f … %.3f s, median %.3f s" % (
        min(times), max(times), statistics.median(times)))
    return (judge("overhead", cpu / one, 1.10) &
            judge("balance", max(times) / statistics.median(times), 1.5))


def header(ra_deg, dec_deg, side):
    """The header of a mosaic like those of LoTSS: 1.5 arcsec pixels, 6 arcsec beam."""
    scale_deg = 1.5 / 3600
    cards = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": side, "NAXIS2": side,
             "CTYPE1": "'RA---SIN'", "CTYPE2": "'DEC--SIN'", "CRPIX1": side / 2 + 0.5,
             "CRPIX2": side / 2 + 0.5, "CRVAL1": ra_deg, "CRVAL2": dec_deg,
             "CDELT1": -scale_deg, "CDELT2": scale_deg, "BUNIT": "'Jy/beam '",
             "BMAJ": 6 / 3600, "BMIN": 6 / 3600, "BPA": 0.0, "RADESYS": "'FK5     '",
             "EQUINOX": 2000.0}
    lines = ["%-8s= %20s" % item for item in cards.items()] + ["END"]
    text = "".join(line.ljust(80) for line in lines)
    return text.ljust(math.ceil(len(text) / BLOCK) * BLOCK).encode("ascii")


def write_headers(folder, count, side=6000):
    """Mosaics spread evenly over the sky; their pixels are holes in the files."""
    folder.mkdir()
    golden_deg = 180 * (3 - math.sqrt(5))
    for i in range(count):
        dec_deg = math.degrees(math.asin(1 - (2 * i + 1) / count))
        head = header(i * golden_deg % 360, dec_deg, side)
        with open(folder / ("P%04d.fits" % i), "wb") as file:
            file.write(head)
            file.truncate(len(head) + math.ceil(4 * side * side / BLOCK) * BLOCK)


def measure_plan(work, count):
    print("plan of %d mosaics of 6000 x 6000 pixels" % count)
    write_headers(work / "many", count)
    # As many tiles as a real survey has, but small ones: plan looks whether the
    # output has room.
    plan = work / "plan-many"
    spent = Spent("plan", work / "many", "-o", plan, "--output", work / "hips-many", "--id",
                  "TEST/P/many", "--cut=-0.001,0.01", "--order", "9", "--formats", "png",
                  "--set", "pixels.tile_width=64")
    size = sum(path.stat().st_size for path in plan.rglob("*") if path.is_file())
    print("  %.2f s CPU, %d shards, %.1f MB" % (spent.cpu, shards_of(plan), size / 1e6))
    return (judge("time", spent.wall, 10, " s") &
            judge("memory", spent.peak_bytes / MIB, 512, " MiB"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", choices=("small", "medium"), default="medium")
    parser.add_argument("--fields", type=int, default=25, help="mosaics [25]")
    parser.add_argument("--shards", type=int, default=64)
    parser.add_argument("--headers", type=int, default=5000)
    parser.add_argument("--work", default=os.environ.get("TMPDIR", "/tmp"))
    options = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    print("%d processors, load %.1f" % (len(os.sched_getaffinity(0)), os.getloadavg()[0]))
    with tempfile.TemporaryDirectory(prefix="hips-overhead-", dir=options.work) as folder:
        work = pathlib.Path(folder)
        met = measure_overhead(work, options.size, options.fields, options.shards)
        met &= measure_plan(work, options.headers)
    sys.exit(not met)


if __name__ == "__main__":
    main()
