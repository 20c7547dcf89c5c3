// SPDX-License-Identifier: GPL-3.0-or-later
// `properties` files: what is read is written, and read the same.
#include "properties/properties.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  const std::string_view text = TextOf(data, size);
  const Properties properties = Properties::Parse(text);
  for (const auto& [key, value] : properties.entries()) {
    Require(!key.empty() && properties.Get(key).has_value());
    properties.Number(key);
    properties.NumberPair(key);
    Require(!properties.All(key).empty());
  }
  // Once written, it is read the same for good. Lone carriage returns become
  // blanks when written, and a second byte order mark is taken off when read.
  if (text.find("\xEF\xBB\xBF") == std::string_view::npos) {
    const Properties once = Properties::Parse(properties.Text());
    Require(once.entries().size() == properties.entries().size());
    Require(Properties::Parse(once.Text()).entries() == once.entries());
  }
  for (const Properties& record : Properties::ParseList(text))
    Require(!record.entries().empty());
  return 0;
}
