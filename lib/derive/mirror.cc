// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/mirror.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

std::vector<std::string> WordsOf(std::string_view status) {
  // Commas are wrong, and common.
  std::string blanks = Lower(status);
  std::replace(blanks.begin(), blanks.end(), ',', ' ');
  return SplitBlank(blanks);
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Cloning CloningOf(const std::vector<std::string>& words) {
  if (Has(words, "unclonable")) return Cloning::kForbidden;
  if (Has(words, "clonableonce")) return Cloning::kOnce;
  return Has(words, "clonable") ? Cloning::kAllowed : Cloning::kOnce;
}

// Without the '/' that clients put behind an address or leave off.
std::string_view Bare(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

// Does the value become another one? Absent ones stay absent.
bool Narrow(Properties& copy, std::string_view key,
            const std::optional<std::string>& value) {
  const auto before = copy.Get(key);
  if (!value || before == *value) return false;
  copy.Set(key, *value);
  return true;
}

std::optional<std::string> Text(std::optional<int> number) {
  if (!number) return std::nullopt;
  return Format("{}", *number);
}

}  // namespace

Cloning CloningOf(const Properties& properties) {
  return CloningOf(WordsOf(properties.GetOr("hips_status", "")));
}

std::string StatusOfCopy(std::string_view status, bool partial) {
  const std::vector<std::string> words = WordsOf(status);
  const Cloning cloning = CloningOf(words);
  if (cloning == Cloning::kForbidden)
    throw Error(ErrorKind::kUsage,
                Format("the HiPS may not be copied: its hips_status is '{}'",
                       Trim(status)));
  return Format("{} {} {}", Has(words, "private") ? "private" : "public",
                partial || Has(words, "partial") ? "partial" : "mirror",
                cloning == Cloning::kAllowed ? "clonable" : "unclonable");
}

Properties PropertiesOfCopy(const Properties& original,
                            const std::string& service_url,
                            const CopyScope& scope) {
  Properties copy = original;
  bool partial = Narrow(copy, "hips_order_min", Text(scope.order_min));
  partial |= Narrow(copy, "hips_order", Text(scope.order));
  partial |= Narrow(copy, "hips_tile_format", scope.formats);
  copy.Set("hips_status",
           StatusOfCopy(original.GetOr("hips_status", ""), partial));
  return WithServiceUrl(copy, service_url);
}

Properties WithServiceUrl(const Properties& properties,
                          const std::string& service_url) {
  Properties changed;
  bool put = false;
  for (const auto& [key, value] : properties.entries()) {
    if (key == "hips_service_url") {
      if (!put) changed.Add(key, service_url);
      put = true;
    } else if (!key.starts_with("hips_service_url_") ||
               Bare(value) != Bare(service_url)) {
      changed.Add(key, value);
    }
  }
  if (!put) changed.Add("hips_service_url", service_url);
  return changed;
}

}  // namespace hips
