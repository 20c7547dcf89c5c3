// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/weight_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "survey/describe.h"
#include "survey/find_files.h"
#include "survey/radio_header.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr double kSamePixel = 0.1;

std::string Replaced(std::string text, std::string_view mark,
                     const std::string& value) {
  for (std::size_t at = text.find(mark); at != std::string::npos;
       at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
  return text;
}

std::string Stem(const std::string& name) {
  return name.substr(0, name.size() - FitsExtension(name).size());
}

Error NoWeightMap(const Input& input, const std::string& pattern,
                  const std::string& why) {
  return Error(ErrorKind::kBadInput,
               Format("{}: weight map \"{}\": {}", input.name, pattern, why));
}

fs::path FindWeightMap(const Input& input, const std::string& pattern) {
  std::vector<fs::path> files = WeightFilesOf(input.path, pattern);
  std::erase(files, input.path);
  if (files.empty())
    throw NoWeightMap(input, pattern,
                      "no file matches; make the map, correct weights.pattern "
                      "or leave the mosaic out");
  if (files.size() > 1)
    throw NoWeightMap(input, pattern,
                      Format("{} files match ({} and {} among them); make "
                             "weights.pattern narrower",
                             files.size(), files[0].filename().string(),
                             files[1].filename().string()));
  return files.front();
}

// Is every pixel of the two in the same place? Tried at the corners and the
// centre, as far as these are on the sky.
bool IsSamePlace(const Wcs& mosaic, const Wcs& weight) {
  const double right = mosaic.width() - 1.0;
  const double top = mosaic.height() - 1.0;
  const std::array<std::pair<double, double>, 5> places = {
      {{0.0, 0.0},
       {right, 0.0},
       {0.0, top},
       {right, top},
       {0.5 * right, 0.5 * top}}};
  int seen = 0;
  for (const auto& [x, y] : places) {
    const std::optional<Direction> sky = mosaic.ToSky(x, y);
    if (!sky) continue;
    double there_x = 0.0;
    double there_y = 0.0;
    weight.ToPixels({&*sky, 1}, {&there_x, 1}, {&there_y, 1});
    // NaN, off the weight map's projection, fails the comparison too.
    if (!(std::hypot(there_x - x, there_y - y) < kSamePixel)) return false;
    ++seen;
  }
  return seen > 0;
}

void CheckGeometry(const Input& input, const Wcs& weight,
                   const std::string& name, const std::string& pattern) {
  if (weight.width() != input.width || weight.height() != input.height)
    throw NoWeightMap(
        input, pattern,
        Format("{} has {} x {} pixels, the mosaic {} x {}", name,
               weight.width(), weight.height(), input.width, input.height));
  if (!IsSamePlace(input.wcs, weight))
    throw NoWeightMap(
        input, pattern,
        Format("{} lies elsewhere on the sky than the mosaic", name));
}

bool HasAny(const std::string& name, std::initializer_list<const char*> words) {
  return std::ranges::any_of(words, [&](const char* word) {
    return name.find(word) != std::string::npos;
  });
}

// Names first: the weights of LoTSS carry the mosaic's own BUNIT.
std::string MeaningOf(const std::string& file_name, const std::string& unit,
                      const std::string& mosaic_unit) {
  const std::string name = Lower(file_name);
  if (HasAny(name, {"weight", "wht", "ivar", "invvar"})) return "weight";
  if (HasAny(name, {"rms", "noise", "sigma", "stddev"})) return "rms";
  if (HasAny(name, {"variance", "-var.", "_var.", ".var."})) return "variance";
  if (HasAny(name, {"primarybeam", "primary-beam", "primary_beam", ".pb.",
                    "-pb.", "_pb.", "avgpb", "flux"}))
    return "primary-beam";
  const std::string canonical = CanonicalUnit(unit);
  if (canonical.empty()) return "";
  if (canonical == CanonicalUnit(mosaic_unit)) return "rms";
  if (canonical == CanonicalUnit(Format("({0}) ({0})", mosaic_unit)))
    return "variance";
  if (canonical == CanonicalUnit(Format("/({0}) /({0})", mosaic_unit)))
    return "weight";
  return "";
}

std::string Meaning(const Input& input, const Hdu& weight,
                    const std::string& name, const WeightOptions& options) {
  if (options.meaning != "auto") return options.meaning;
  std::string meaning =
      MeaningOf(name, weight.header.Text("BUNIT").value_or(""), input.unit);
  if (meaning.empty())
    throw Error(ErrorKind::kUsage,
                Format("{}: neither name nor unit of its weight map {} tell "
                       "what it is; set weights.meaning",
                       input.name, name));
  return meaning;
}

}  // namespace

std::vector<fs::path> WeightFilesOf(const fs::path& mosaic,
                                    const std::string& pattern) {
  const std::string name = mosaic.filename().string();
  std::string filled = Replaced(pattern, "{stem}", EscapedForGlob(Stem(name)));
  filled = Replaced(filled, "{name}", EscapedForGlob(name));
  const fs::path below(filled);
  // The folder's own name may hold signs of a pattern.
  const fs::path whole =
      below.is_absolute()
          ? below
          : fs::path(EscapedForGlob(mosaic.parent_path().string())) / below;
  std::vector<fs::path> files;
  for (const fs::path& match : ExpandGlob(whole.string()))
    if (!fs::is_directory(match)) files.push_back(match.lexically_normal());
  return files;
}

void AttachWeightMap(Input& input, const BuildOptions& options) {
  const std::string& pattern = options.weights.pattern;
  const fs::path path = FindWeightMap(input, pattern);
  const std::string name = path.filename().string();
  InputOptions reading;  // the map's own first image, whatever the mosaic's is
  reading.stokes = options.input.stokes;
  reading.channel = options.input.channel;
  reading.plane_may_lack = true;  // one map may be for all planes
  auto chosen = ChooseImage(path, reading);
  if (const NoImage* none = std::get_if<NoImage>(&chosen))
    throw NoWeightMap(input, pattern, name + ": " + none->reason);
  ImageChoice& choice = std::get<ImageChoice>(chosen);
  CheckGeometry(input, choice.wcs, name, pattern);
  input.weight_path = path;
  input.weight_hdu = choice.hdu.index;
  input.weight_meaning = Meaning(input, choice.hdu, name, options.weights);
  input.weight_identity =
      IdentityOf(path, choice.hdu.header, options.input.hash_data);
  input.weight_selection = std::move(choice.selection);
}

}  // namespace hips
