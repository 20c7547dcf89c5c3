# SPDX-License-Identifier: GPL-3.0-or-later
"""A program run to its end, with what it took of the machine."""
import dataclasses
import os
import pathlib
import re
import subprocess
import threading
import time


@dataclasses.dataclass
class Run:
    """Of the process and those it waited for. Times in seconds, sizes in bytes."""
    status: int
    wall: float
    cpu: float             # user + system
    peak_resident: int     # mapped files included
    peak_private: int      # memory of its own, looked at every 20 ms
    bytes_read: int        # from the disk
    bytes_written: int     # to the disk, before the end of the process
    load: float            # of the machine over the minute before
    others: float          # cores that everything else used meanwhile


class _PrivateMemory(threading.Thread):
    """The largest RssAnon of a process while it lives."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = pathlib.Path("/proc/%d/status" % pid)
        self.peak = 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.02):
            try:
                found = re.search(r"RssAnon:\s+(\d+) kB", self.status.read_text())
            except OSError:
                return
            if found:
                self.peak = max(self.peak, 1024 * int(found[1]))


def _busy_seconds():
    """CPU time of the whole machine so far, without idling and waiting for disks."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    idle, waiting = ticks[3], ticks[4]
    return (sum(ticks) - idle - waiting) / os.sysconf("SC_CLK_TCK")


def timed(command, said):
    """Runs a command. said: path without ending; .out and .err are what it printed."""
    load = os.getloadavg()[0]
    with open("%s.out" % said, "wb") as out, open("%s.err" % said, "wb") as err:
        busy, start = _busy_seconds(), time.monotonic()
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=err)
        memory = _PrivateMemory(process.pid)
        memory.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.monotonic() - start
    memory.ended.set()
    memory.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    others = max(0.0, (_busy_seconds() - busy - cpu) / wall)
    return Run(process.returncode, wall, cpu, 1024 * usage.ru_maxrss, memory.peak,
               512 * usage.ru_inblock, 512 * usage.ru_oublock, load, others)


def make_cold(paths):
    """Takes files out of the page cache."""
    os.sync()  # what is not on the disk yet cannot leave
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def make_warm(paths):
    """Brings files into the page cache, as far as they fit."""
    buffer = bytearray(1 << 22)
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
    os.sync()
