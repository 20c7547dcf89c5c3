// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/moc_answer.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {

MocFormat ParseMocFormat(std::string_view word) {
  const std::string lower = Lower(Trim(word));
  if (lower == "fits") return MocFormat::kFits;
  if (lower == "json") return MocFormat::kJson;
  if (lower == "ascii" || lower == "text") return MocFormat::kAscii;
  throw Error(ErrorKind::kUsage,
              Format("format '{}' is none of fits, json, ascii", word));
}

std::optional<int> ParseMocOrder(std::string_view word) {
  if (Trim(word).empty() || Lower(Trim(word)) == "max") return std::nullopt;
  const auto order = ParseInteger(word);
  if (!order || *order < 0 || *order > kMaxOrder)
    throw Error(
        ErrorKind::kUsage,
        Format("order '{}' is neither max nor 0 to {}", word, kMaxOrder));
  return static_cast<int>(*order);
}

Moc CoarserMoc(const Moc& moc, std::optional<int> order) {
  if (!order || *order >= moc.order()) return moc;
  return Moc::FromRanges(*order, moc.ranges());
}

Moc UnionOf(std::span<const Moc* const> mocs, std::optional<int> order,
            std::size_t most_ranges) {
  int finest = 0;
  for (const Moc* moc : mocs) finest = std::max(finest, moc->order());
  Moc all(std::min(finest, order.value_or(kMaxOrder)));
  std::vector<Moc::Range> ranges;
  const auto add_up = [&] {
    all = Moc::FromRanges(all.order(), std::move(ranges));
    while (all.ranges().size() > most_ranges && all.order() > 0)
      all = CoarserMoc(all, all.order() - 1);
  };
  for (const Moc* moc : mocs) {
    ranges.insert(ranges.end(), moc->ranges().begin(), moc->ranges().end());
    // Many fine MOCs never lie in memory all at once.
    if (ranges.size() > 4 * most_ranges) {
      add_up();
      ranges = all.ranges();
    }
  }
  add_up();
  return all;
}

QueryAnswer EncodeMoc(const Moc& moc, MocFormat format) {
  switch (format) {
    case MocFormat::kJson:
      return {moc.JsonText() + "\n", kJsonType};
    case MocFormat::kAscii:
      return {moc.Ascii() + "\n", kTextType};
    case MocFormat::kFits:
      break;
  }
  const Bytes bytes = moc.Fits();
  return {
      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
      kFitsType};
}

}  // namespace hips
