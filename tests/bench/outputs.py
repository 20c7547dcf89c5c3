# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders for the outputs of many runs on one disk.

ext4 creates files ten times slower where many were deleted within the last
five minutes. So outputs of earlier runs stay until the end, or until the disk
needs their room; in the end the last of each is left.
"""
import os
import pathlib
import shutil


def free_bytes(path):
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize


def folder_bytes(path):
    return sum(os.lstat(os.path.join(folder, name)).st_size
               for folder, _, names in os.walk(path) for name in names)


class Outputs:
    MARGIN = 2 << 30

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.retired = sorted(self.root.iterdir(), key=lambda path: path.stat().st_mtime)
        self.last = {}
        self.count = self._highest_number()

    def _highest_number(self):
        ends = [path.name.rsplit(".", 1)[-1] for path in self.retired]
        return max((int(end) for end in ends if end.isdigit()), default=0)

    def fresh(self, name, expected_bytes):
        """A path for a new output, with room on its disk for so much."""
        if name in self.last:
            self.retired.append(self.last.pop(name))
        self.make_room(expected_bytes)
        self.count += 1
        self.last[name] = self.root / ("%s.%d" % (name, self.count))
        return self.last[name]

    def make_room(self, wanted):
        while free_bytes(self.root) < wanted + self.MARGIN:
            if not self.retired:
                raise SystemExit("bench: %s has %.1f GB free, the next run needs %.1f GB" % (
                    self.root, free_bytes(self.root) / 1e9, (wanted + self.MARGIN) / 1e9))
            self._delete(self.retired.pop(0))

    def end(self, keep_last=True):
        """Leaves the last of each, or nothing."""
        doomed = self.retired + ([] if keep_last else list(self.last.values()))
        for path in doomed:
            self._delete(path)
        self.retired = []

    @staticmethod
    def _delete(path):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
