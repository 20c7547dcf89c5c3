// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/recheck.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::string CardsOf(const Header& header) {
  std::string cards;
  for (const std::string& card : header.cards()) cards += card;
  return cards;
}

// The header right before the pixels, if it has as many cards as it had.
bool IsHeaderInPlace(const fs::path& path, const Hdu& hdu) {
  constexpr std::size_t kCards = 36;
  constexpr std::size_t kBlock = 2880;
  const std::size_t bytes =
      (hdu.header.cards().size() + 1 + kCards - 1) / kCards * kBlock;
  if (hdu.compressed || hdu.data_offset < static_cast<std::int64_t>(bytes))
    return false;
  const Descriptor file(path, O_RDONLY);
  std::string text(bytes, '\0');
  const ssize_t count =
      ::pread(file.get(), text.data(), bytes,
              static_cast<off_t>(hdu.data_offset) - static_cast<off_t>(bytes));
  return count == static_cast<ssize_t>(bytes) &&
         Header::Parse(text).cards() == hdu.header.cards();
}

// A whole look; throws when the file is damaged.
std::optional<std::string> LookInside(const Input& input) {
  const std::vector<Hdu> hdus = ReadHdus(input.path);
  const auto index = static_cast<std::size_t>(input.hdu.index);
  if (index >= hdus.size()) return "has lost its image";
  // Damage is told before anything else.
  if (hdus[index].axes == input.hdu.axes)
    Plane::Open(input.path, hdus[index], input.selection);
  if (HashOf(CardsOf(hdus[index].header)).Text() != input.identity.header_hash)
    return "has another header now";
  return std::nullopt;
}

bool IsSameContent(const fs::path& path, const InputIdentity& identity) {
  return !identity.data_hash.empty() &&
         HashOf(MappedFile(path).bytes()).Text() == identity.data_hash;
}

std::optional<std::string> ChangeOfWeights(const Input& input) {
  const InputIdentity& identity = input.weight_identity;
  if (!input.weight_path || !MayHaveChanged(*input.weight_path, identity) ||
      IsSameContent(*input.weight_path, identity))
    return std::nullopt;
  return "has another weight map now";
}

}  // namespace

bool MayHaveChanged(const fs::path& path, const InputIdentity& identity) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return true;
  return static_cast<std::uint64_t>(status.st_size) != identity.size ||
         std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                 status.st_mtim.tv_nsec !=
             identity.mtime_ns;
}

std::optional<std::string> ChangeOf(const Input& input) {
  std::error_code code;
  if (!fs::exists(input.path, code)) return "is gone";
  const bool same_time = !MayHaveChanged(input.path, input.identity);
  if (same_time && IsHeaderInPlace(input.path, input.hdu))
    return ChangeOfWeights(input);
  if (auto change = LookInside(input)) return change;
  if (!same_time && !IsSameContent(input.path, input.identity))
    return "has been written since";
  return ChangeOfWeights(input);
}

}  // namespace hips
