// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/describe.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "check/describe_parts.h"
#include "check/file_kind.h"
#include "check/hips_source.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeadSize = std::size_t{1} << 20;

// "NorderK/DirD/NpixN.ext" at the end of a path.
std::optional<ParsedTilePath> TileAtEnd(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  const fs::path folder = whole.parent_path();
  return ParseTilePath(
      (folder.parent_path().filename() / folder.filename() / whole.filename())
          .generic_string());
}

bool MayBeMoc(std::string_view head) {
  return head.find("MOCORDER") != std::string_view::npos ||
         head.find("MOCORD_S") != std::string_view::npos ||
         head.find("MOCVERS") != std::string_view::npos ||
         head.find("'NUNIQ") != std::string_view::npos;
}

Json DescribeMocFile(const fs::path& path) {
  return DescribeMoc(ParseMocFile(ReadFile(path)));
}

Json DescribePicture(const FileFacts& facts) {
  Json json;
  json["kind"] = "picture";
  json["type"] = KindName(facts.kind);
  json["width"] = facts.width;
  json["height"] = facts.height;
  return json;
}

// A MOC in ASCII or JSON, which is all the text we know.
Json DescribeMocText(const std::string& text) {
  try {
    MocFile file;
    file.moc = ParseMoc(text);
    file.frame = "C";
    file.packing = Trim(text).starts_with('{') ? "JSON" : "ASCII";
    return DescribeMoc(file);
  } catch (const Error&) {
    throw Error(ErrorKind::kBadInput,
                "is no FITS file, picture, HiPS tile or MOC");
  }
}

Json DescribeFile(const fs::path& path, const DescribeOptions& options) {
  if (const auto tile = TileAtEnd(path)) return DescribeTile(path, *tile);
  const MappedFile file(path);
  const std::string_view bytes(
      reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  const FileFacts facts = LookAtBytes(bytes);
  switch (facts.kind) {
    case FileKind::kFits:
      if (bytes.size() <= kLargestFile && MayBeMoc(bytes.substr(0, kHeadSize)))
        return DescribeMocFile(path);
      return DescribeFits(path, options);
    case FileKind::kGzip:
      return DescribeFits(path, options);
    case FileKind::kPng:
    case FileKind::kJpeg:
    case FileKind::kWebp:
      return DescribePicture(facts);
    case FileKind::kUnknown:
      break;
  }
  if (bytes.size() > kLargestFile)
    throw Error(ErrorKind::kBadInput, "is of no kind known here");
  return DescribeMocText(std::string(bytes));
}

std::string ScalarText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) return NumberText(value.get<double>());
  return value.is_null() ? "-" : value.dump();
}

bool IsFlat(const Json& value) {
  return std::none_of(value.begin(), value.end(),
                      [](const Json& item) { return item.is_structured(); });
}

std::string Joined(const Json& values) {
  std::string text;
  for (const auto& [key, value] : values.items()) {
    if (!text.empty()) text += ", ";
    if (values.is_object()) text += key + " ";
    text += ScalarText(value);
  }
  return text.empty() ? "-" : text;
}

void AppendText(const Json& json, std::size_t indent, std::string& text);

// One "key: value" line, or a heading with indented lines.
void AppendEntry(const std::string& key, const Json& value, std::size_t indent,
                 std::string& text) {
  const std::string margin(indent, ' ');
  if (!value.is_structured()) {
    text += margin + key + ": " + ScalarText(value) + "\n";
  } else if (IsFlat(value)) {
    text += margin + key + ": " + Joined(value) + "\n";
  } else {
    text += margin + key + ":\n";
    AppendText(value, indent + 2, text);
  }
}

void AppendText(const Json& json, std::size_t indent, std::string& text) {
  for (const auto& [key, value] : json.items()) {
    std::string name = json.is_array() ? "- " + key : key;
    std::replace(name.begin(), name.end(), '_', ' ');
    AppendEntry(name, value, indent, text);
  }
}

}  // namespace

Json Describe(const fs::path& path, const DescribeOptions& options) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (!fs::exists(status))
    throw Error(ErrorKind::kUsage, path.string() + ": no such file or folder");
  Json json;
  json["path"] = path.string();
  try {
    if (fs::is_directory(status)) {
      if (!fs::is_regular_file(path / "properties", ignored))
        throw Error(ErrorKind::kUsage,
                    "a folder without a file `properties` is no HiPS; name "
                    "the files in it instead");
      json.update(DescribeHips(path));
    } else if (fs::is_regular_file(status)) {
      json.update(DescribeFile(path, options));
    } else {
      throw Error(ErrorKind::kUsage, "neither a file nor a folder");
    }
  } catch (const Error& error) {
    const bool named =
        std::string_view(error.what()).starts_with(path.string());
    throw named ? error : error.In(path.string());
  }
  return json;
}

std::string DescriptionText(const Json& description) {
  std::string text;
  AppendText(description, 0, text);
  return text;
}

Json LonLatJson(const char* lon_name, const char* lat_name, double lon_deg,
                double lat_deg) {
  constexpr int kPlaces = 6;
  Json json;
  json[lon_name] = Rounded(lon_deg, kPlaces);
  json[lat_name] = Rounded(lat_deg, kPlaces);
  return json;
}

double Rounded(double value, int places) {
  const double scale = std::pow(10.0, places);
  const double rounded = std::round(value * scale) / scale;
  return rounded == 0.0 ? 0.0 : rounded;  // no "-0"
}

void PixelCounter::Add(double value) {
  ++count_;
  if (!std::isfinite(value)) return;
  low_ = valid_ == 0 ? value : std::min(low_, value);
  high_ = valid_ == 0 ? value : std::max(high_, value);
  sum_ += value;
  ++valid_;
}

Json PixelCounter::Result() const {
  constexpr int kPlaces = 6;
  Json json;
  json["pixels"] = count_;
  if (count_ == 0) return json;
  json["blank_share"] = Rounded(
      static_cast<double>(count_ - valid_) / static_cast<double>(count_),
      kPlaces);
  if (valid_ == 0) return json;
  json["min"] = low_;
  json["max"] = high_;
  json["mean"] = sum_ / static_cast<double>(valid_);
  return json;
}

}  // namespace hips
