// SPDX-License-Identifier: GPL-3.0-or-later
// MOCs as text: what is read is written, and read the same.
#include "moc/moc.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  Accepts([&] {
    const Moc moc = ParseMoc(TextOf(data, size));
    Require(ParseMoc(moc.Ascii()) == moc);
    Require(ParseMoc(moc.JsonText()) == moc);
    Require(moc.SkyFraction() >= 0.0 && moc.SkyFraction() <= 1.0);
    Require(moc.Union(moc) == moc);
    Require(moc.Fits().size() % 2880 == 0);
  });
  return 0;
}
