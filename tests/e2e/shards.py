# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan in shards, as the end-to-end tests handle it."""
import json
import os

from astropy.io import fits

from program import Case, everything, run, tree

# Small tiles: a whole HiPS is a few megabytes.
SMALL = ("--set", "pixels.tile_width=64", "--set", "pixels.order=11", "--id", "TEST/P/shards", "-q")


def without_engines():
    """This environment, as no engine has started it."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("SLURM", "OMPI", "PMI", "HIPSGEN"))}


class Shards(Case):
    def setUp(self):
        super().setUp()
        self.inputs = self.simulate("lotss", "--size", "tiny", "--fields", "5")
        self.plan_folder = self.work / "plan"
        self.out = self.work / "out"

    def one_build(self, *options):
        run("build", self.inputs, "-o", self.work / "one", *SMALL, *options)
        return tree(self.work / "one")

    def plan(self, *options, shards=7, inputs=None, **keywords):
        return run("plan", inputs or self.inputs, "-o", self.plan_folder, "--output", self.out,
                   "--shards", shards, *SMALL, *options, **keywords)

    def shard(self, which, **keywords):
        return run("run", "--plan", self.plan_folder, "--shard", which, "-q", **keywords)

    def status(self, *options, expect=None):
        done = run("status", "--plan", self.plan_folder, "--json", *options, expect=expect)
        return json.loads(done.stdout)

    def merge(self, *options, **keywords):
        return run("merge", "--plan", self.plan_folder, "-q", *options, **keywords)

    def submit(self, *options, **keywords):
        return run("submit", "--plan", self.plan_folder, *options, **keywords)

    def everything(self):
        """The output with its ledger, but for the lock, which names a process."""
        return everything(self.out)

    def lonely_input(self, among=None):
        """The mosaic that the fewest shards need, of all or of some."""
        lines = [json.loads(line) for line in
                 (self.plan_folder / "parts.jsonl").read_text().splitlines()]
        names = [line["name"] for line in lines if "name" in line]
        uses = [0] * len(names)
        for line in lines:
            for number, _, _ in line.get("inputs", []):
                uses[number] += 1
        fewest, name = min((count, name) for count, name in zip(uses, names)
                           if among is None or name in among)
        self.assertLess(fewest, 7)
        return name

    def compressed(self):
        """The mosaics again, tile-compressed."""
        folder = self.work / "packed"
        folder.mkdir()
        for path in sorted(self.inputs.glob("*.fits")):
            self.compress(path, folder / path.name)
        return folder

    @staticmethod
    def compress(path, to, factor=1):
        with fits.open(path) as hdus:
            packed = fits.CompImageHDU(hdus[0].data * factor, hdus[0].header,
                                       compression_type="GZIP_2", quantize_level=0.0)
            fits.HDUList([fits.PrimaryHDU(), packed]).writeto(to, checksum=True, overwrite=True)

    @staticmethod
    def damaged(good):
        bad = bytearray(good)
        for at in range(len(bad) * 2 // 3, len(bad) * 2 // 3 + 64):
            bad[at] ^= 0xff
        return bad

    def made(self, shards):
        """When these shards were made."""
        return {i: json.loads((self.plan_folder / "shards" / ("%d.json" % i)).read_text())["finished"]
                for i in shards}

    def assert_no_leftovers(self):
        left = [str(p) for p in self.out.rglob(".*.tmp")]
        self.assertEqual(left, [])
