// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/options.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "survey/metadata.h"
#include "survey/option_table.h"

namespace hips {
namespace {

constexpr std::string_view kMetadata = "metadata.";
constexpr std::string_view kScheme = "ivo://";

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, message);
}

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool IsAuthority(std::string_view text) {
  return text.size() >= 3 && std::ranges::all_of(text, [](char c) {
           return IsLetterOrDigit(c) || c == '.' || c == '-';
         });
}

// A part of the name also becomes a folder of a URL: no "." or "..".
bool IsNamePart(std::string_view text) {
  return !text.empty() && text != "." && text != ".." &&
         std::ranges::all_of(text, [](char c) {
           return IsLetterOrDigit(c) ||
                  std::string_view("._~+-").find(c) != std::string_view::npos;
         });
}

// Split drops the only part of an empty text; here every part counts.
bool AreNameParts(std::string_view text) {
  while (true) {
    const std::size_t end = text.find('/');
    if (!IsNamePart(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool IsIdPath(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos || !IsAuthority(path.substr(0, slash)))
    return false;
  const std::string_view rest = path.substr(slash + 1);
  return rest.starts_with("P/") && AreNameParts(rest.substr(2));
}

void CheckFormats(const OutputOptions& output) {
  if (output.formats.empty())
    Refuse("output.formats is empty; give fits, png or jpeg");
  for (auto format = output.formats.begin(); format != output.formats.end();
       ++format)
    if (std::find(output.formats.begin(), format, *format) != format)
      Refuse(Format("output.formats names {} twice", *format));
}

void CheckOutput(const OutputOptions& output) {
  CheckFormats(output);
  if (output.bitpix == -32 && (output.bscale != 1.0 || output.bzero != 0.0))
    Refuse("output.bscale and output.bzero need output.bitpix 16 or 32");
  if (output.bscale == 0.0) Refuse("output.bscale is 0: every value is lost");
  if (!output.path.empty() && !output.weight_hips.empty() &&
      std::filesystem::path(output.path).lexically_normal() ==
          std::filesystem::path(output.weight_hips).lexically_normal())
    Refuse("output.weight_hips and output.path are the same folder");
}

int TileWidthOrder(int tile_width) {
  int order = 0;
  while ((1 << order) < tile_width) ++order;
  return order;
}

void CheckOrders(const BuildOptions& options) {
  if (options.output.moc_order < -1) Refuse("output.moc_order is negative");
  const std::optional<std::int64_t> order = ParseInteger(options.pixels.order);
  if (!order) return;
  if (*order + TileWidthOrder(options.pixels.tile_width) > 29)
    Refuse(
        Format("pixels.order {} with pixels.tile_width {} lies beyond "
               "HEALPix order 29; lower one of them",
               *order, options.pixels.tile_width));
  if (options.output.cell_order > *order)
    Refuse(Format("output.cell_order {} is deeper than pixels.order {}",
                  options.output.cell_order, *order));
}

void CheckWeights(const WeightOptions& weights) {
  if (weights.kind == "map" && weights.pattern.empty())
    Refuse(
        "weights.kind map needs weights.pattern, the weight map beside "
        "each mosaic, for example \"{stem}-weights.fits\"");
  if (weights.kind != "map" && !weights.pattern.empty())
    Refuse(
        Format("weights.pattern needs weights.kind map, not {}", weights.kind));
  if (weights.kind == "primary-beam" && weights.primary_beam_fwhm_deg <= 0.0)
    Refuse("weights.kind primary-beam needs weights.primary_beam_fwhm_deg");
}

void CheckPreview(const PreviewOptions& preview) {
  if (preview.cut == "explicit" && !(preview.low < preview.high))
    Refuse(
        Format("preview.cut explicit needs preview.low < preview.high, not "
               "{} and {}",
               NumberText(preview.low), NumberText(preview.high)));
  if (preview.cut == "percentile" &&
      !(preview.low >= 0.0 && preview.low < preview.high &&
        preview.high <= 100.0))
    Refuse(
        Format("preview.cut percentile needs 0 <= preview.low < "
               "preview.high <= 100, not {} and {}",
               NumberText(preview.low), NumberText(preview.high)));
  if (preview.cut == "noise" && !(-preview.sigma_low < preview.sigma_high))
    Refuse(
        "preview.cut noise needs a white above its black: raise "
        "preview.sigma_high");
}

// One value in a list may not hold commas; everything else may.
std::vector<std::string> Values(const OptionRow& row, std::string_view value) {
  if (row.type == OptionType::kTexts) return Split(value, ',');
  return {std::string(value)};
}

void SetMetadata(BuildOptions& options, std::string_view key,
                 std::string_view value) {
  AddMetadata(options, key, {std::string(value)});
}

}  // namespace

void SetOption(BuildOptions& options, std::string_view key,
               std::string_view value) {
  try {
    if (key.starts_with(kMetadata))
      return SetMetadata(options, key.substr(kMetadata.size()), value);
    if (const OptionRow* row = FindOption(key))
      return row->set(options, Values(*row, value));
  } catch (const Error& error) {
    throw error.In(key);
  }
  Refuse(UnknownKeyMessage(key));
}

OptionValues ChangedOptions(const BuildOptions& options) {
  const BuildOptions initial;
  OptionValues changed;
  for (const OptionRow& row : OptionRows()) {
    std::vector<std::string> values = row.get(options);
    if (values != row.get(initial))
      changed.emplace_back(row.help.key, std::move(values));
  }
  for (const auto& [key, value] : options.metadata)
    changed.emplace_back(std::string(kMetadata) + key,
                         std::vector<std::string>{value});
  return changed;
}

void SetOptionValues(BuildOptions& options, std::string_view key,
                     const std::vector<std::string>& values) {
  try {
    if (key.starts_with(kMetadata))
      return AddMetadata(options, key.substr(kMetadata.size()), values);
    if (const OptionRow* row = FindOption(key))
      return row->set(options, values);
  } catch (const Error& error) {
    throw error.In(key);
  }
  Refuse(UnknownKeyMessage(key));
}

void CheckOptions(const BuildOptions& options) {
  if (options.id.empty())
    Refuse("the HiPS has no id; give one of the form AUTH/P/name");
  IdPath(options.id);
  CheckOutput(options.output);
  CheckOrders(options);
  CheckWeights(options.weights);
  CheckPreview(options.preview);
  CheckMetadata(options);
}

std::string IdPath(std::string_view id) {
  std::string_view path = id;
  if (Lower(path.substr(0, kScheme.size())) == kScheme)
    path.remove_prefix(kScheme.size());
  if (!IsIdPath(path))
    Refuse(
        Format("id '{}' is not of the form AUTH/P/name: an authority of at "
               "least three letters, digits, '.' or '-', then /P/ and a "
               "name without blanks",
               id));
  return std::string(path);
}

}  // namespace hips
