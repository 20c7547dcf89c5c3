# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of a HiPS, read and signed by other means than hipsgen's."""
import ctypes
import ctypes.util
import json
import shutil

SPARE = ".hipsgen/spare/"
# The list of all files but the tiles, twice.
LISTS = (".hipsgen/files.json", SPARE + ".hipsgen/files.json")


class _Hash(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


_xxhash = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
_xxhash.XXH3_128bits.restype = _Hash
_xxhash.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def xxh3(data):
    """XXH3-128 as 32 hex digits, by the library itself."""
    result = _xxhash.XXH3_128bits(data, len(data))
    return "%016x%016x" % (result.high, result.low)


def tile_path(order, npix, extension):
    return "Norder%d/Dir%d/Npix%d.%s" % (order, npix // 10000 * 10000, npix, extension)


class Ledger:
    def __init__(self, root):
        self.root = root
        self.folder = root / ".hipsgen"

    def plan(self):
        return json.loads((self.folder / "plan.json").read_text())

    def manifests(self):
        """Path -> content."""
        return {path: json.loads(path.read_text())
                for path in sorted((self.folder / "cells").glob("*.json"))}

    def tile_files(self):
        """Path below the root -> [bytes, hash], from all manifests."""
        return {tile_path(*tile["tile"], extension): record
                for manifest in self.manifests().values() for tile in manifest["tiles"]
                for extension, record in tile.get("files", {}).items()}

    def other_files(self):
        return json.loads((self.folder / "files.json").read_text())["files"]

    def records(self):
        """(order, npix) -> what a manifest says of the tile."""
        return {tuple(tile["tile"]): tile for manifest in self.manifests().values()
                for tile in manifest["tiles"]}

    def sign(self, *names):
        """Writes sizes and hashes as the files now are: of tiles into their
        manifests, of others and of the manifests into files.json; and the
        spare copies."""
        changed = {name: self._record(name) for name in names}
        others = self.other_files()
        for path, manifest in self.manifests().items():
            touched = False
            for tile in manifest["tiles"]:
                for extension, record in tile.get("files", {}).items():
                    name = tile_path(*tile["tile"], extension)
                    if name in changed:
                        record[:] = changed.pop(name)
                        touched = True
            if touched:
                path.write_text(json.dumps(manifest))
            name = str(path.relative_to(self.root))
            others[name] = self._record(name)
        others.update(changed)
        for name in others:
            if name.startswith(SPARE + ".hipsgen/"):
                shutil.copyfile(self.root / name[len(SPARE):], self.root / name)
            if name.startswith(SPARE):
                others[name] = self._record(name)
        listed = json.dumps(others, separators=(",", ":"), ensure_ascii=False)
        for name in LISTS:
            (self.root / name).write_text(json.dumps(
                {"version": 1, "check": xxh3(listed.encode()), "files": others},
                separators=(",", ":"), ensure_ascii=False) + "\n")

    def _record(self, name):
        data = (self.root / name).read_bytes()
        return [len(data), xxh3(data)]
