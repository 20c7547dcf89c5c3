// SPDX-License-Identifier: GPL-3.0-or-later
// MOCs as answers: FITS, JSON or ASCII, as they are or coarser.
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "moc/moc.h"

namespace hips {

/// What is sent: bytes and their type.
struct QueryAnswer {
  std::string body;
  std::string_view content_type;
};

inline constexpr std::string_view kTextType = "text/plain; charset=utf-8";
inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kFitsType = "application/fits";

enum class MocFormat { kFits, kJson, kAscii };

/// "fits", "json", "ascii" ("text" too), in any case.
/// throws  Error(kUsage)
MocFormat ParseMocFormat(std::string_view word);

/// "0".."29"; "max" and "" are nothing: the MOC's own order.
/// throws  Error(kUsage)
std::optional<int> ParseMocOrder(std::string_view word);

/// The MOC at `order` where that is coarser than its own, every cell it touches
/// included; else as it is.
Moc CoarserMoc(const Moc& moc, std::optional<int> order);

/// The union at `order`, or at the finest order of them. Where it would have
/// more than `most_ranges`, it is made coarser until it has not.
Moc UnionOf(std::span<const Moc* const> mocs, std::optional<int> order,
            std::size_t most_ranges = 1'000'000);

/// A line end closes the texts.
QueryAnswer EncodeMoc(const Moc& moc, MocFormat format);

}  // namespace hips
