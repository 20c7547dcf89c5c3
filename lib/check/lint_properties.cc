// SPDX-License-Identifier: GPL-3.0-or-later
// Rules P01 to P27: the file `properties`, as HiPS 1.0, 4.4.1 wants it.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"
#include "base/text.h"
#include "check/lint_run.h"

namespace hips {
namespace {

constexpr const char* kFile = "properties";

constexpr std::string_view kRequired[] = {
    "creator_did", "obs_title",        "hips_version",
    "hips_status", "hips_frame",       "hips_release_date",
    "hips_order",  "hips_tile_format", "dataproduct_type"};

constexpr std::string_view kRecommended[] = {"obs_description",
                                             "prov_progenitor",
                                             "obs_regime",
                                             "hips_creation_date",
                                             "hips_initial_ra",
                                             "hips_initial_dec",
                                             "hips_initial_fov",
                                             "t_min",
                                             "t_max",
                                             "em_min",
                                             "em_max"};

constexpr std::string_view kNumeric[] = {"hips_cube_depth",
                                         "hips_cat_nrows",
                                         "hips_initial_ra",
                                         "hips_initial_dec",
                                         "hips_initial_fov",
                                         "t_min",
                                         "t_max",
                                         "em_min",
                                         "em_max",
                                         "hips_estsize",
                                         "hips_tile_width",
                                         "hips_pixel_bitpix",
                                         "data_pixel_bitpix",
                                         "hips_cube_firstframe",
                                         "data_cube_crpix3",
                                         "data_cube_crval3",
                                         "data_cube_cdelt3",
                                         "hips_pixel_scale",
                                         "s_pixel_scale",
                                         "moc_sky_fraction"};

// HiPS 1.0 4.4.1, the 2.0 draft, and what CDS tools and services add.
constexpr std::string_view kFurther[] = {
    "dataproduct_subtype", "hips_order_min",
    "hips_pixel_cut",      "hips_pixel_function",
    "hips_data_range",     "hips_data_minmax",
    "hips_bunit",          "hips_sampling",
    "hips_overlay",        "hips_hierarchy",
    "hips_skyval",         "hips_skyval_method",
    "hips_skyval_value",   "hips_nb_tiles",
    "hips_check_code",     "hips_initial_freq",
    "hips_initial_time",   "obs_collection",
    "publisher_id",        "obs_ack",
    "obs_ack_url",         "obs_copyright",
    "obs_copyright_url",   "hips_copyright",
    "hips_copyright_url",  "bib_reference",
    "bib_reference_url",   "data_ucd",
    "hips_builder",        "hips_progenitor_url",
    "hips_creator",        "hips_publisher",
    "hips_licence",        "hips_doi",
    "hips_processing",     "hips_history",
    "hips_service_url",    "client_category",
    "client_sort_key",     "client_application",
    "client_link",         "addendum_did",
    "data_cube_bunit3",    "hips_order_axis2",
    "hips_order_freq",     "hips_order_time",
    "hips_tile_depth",     "hips_order_hierarchy",
    "obs_restfreq",        "hips_body",
    "hipsgen_date",        "hipsgen_params",
    "hips_rgb_red",        "hips_rgb_green",
    "hips_rgb_blue",       "publisher_did"};

constexpr std::string_view kRegimes[] = {"Radio",   "Millimeter", "Infrared",
                                         "Optical", "UV",         "EUV",
                                         "X-ray",   "Gamma-ray"};

bool IsIn(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Without the number that makes a repeated key unique: hipsgen_date_2.
std::string_view WithoutNumber(std::string_view key) {
  const std::size_t mark = key.rfind('_');
  if (mark == std::string_view::npos || mark + 1 == key.size()) return key;
  const std::string_view tail = key.substr(mark + 1);
  const bool digits = std::all_of(tail.begin(), tail.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  return digits ? key.substr(0, mark) : key;
}

bool IsKnown(std::string_view key) {
  const auto is_in_any = [](std::string_view word) {
    return IsIn(word, kRequired) || IsIn(word, kRecommended) ||
           IsIn(word, kNumeric) || IsIn(word, kFurther);
  };
  return is_in_any(key) || is_in_any(WithoutNumber(key));
}

std::optional<std::string> Suggestion(std::string_view key) {
  std::vector<std::string> known;
  for (const auto words : {std::span<const std::string_view>(kRequired),
                           std::span<const std::string_view>(kRecommended),
                           std::span<const std::string_view>(kNumeric),
                           std::span<const std::string_view>(kFurther)})
    known.insert(known.end(), words.begin(), words.end());
  return NearMiss(key, known);
}

// A value as a message shows it: whole when short.
std::string Shown(std::string_view value) {
  constexpr std::size_t kLongest = 60;
  return Format("'{}{}'", value.substr(0, kLongest),
                value.size() > kLongest ? "..." : "");
}

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// A decimal number of `text` in [low, high]?
bool InRange(std::string_view text, int low, int high) {
  const auto value = AllDigits(text) ? ParseInteger(text) : std::nullopt;
  return value && *value >= low && *value <= high;
}

bool IsTime(std::string_view time) {
  const std::vector<std::string> parts = Split(time, ':');
  if (parts.size() < 2 || parts.size() > 3) return false;
  if (!InRange(parts[0], 0, 23) || !InRange(parts[1], 0, 59)) return false;
  if (parts.size() == 2) return true;
  const std::vector<std::string> seconds = Split(parts[2], '.');
  if (seconds.empty() || seconds.size() > 2) return false;
  return InRange(seconds[0], 0, 60) &&
         (seconds.size() == 1 || AllDigits(seconds[1]));
}

void CheckVersion(LintRun& run) {
  constexpr double kFirst = 1.4;
  const auto text = run.properties.Get("hips_version");
  if (!text) return;
  const auto version = ParseNumber(*text);
  if (!version) {
    run.Report("P02", kFile,
               "hips_version is " + Shown(*text) + ", not a number: use 1.4");
  } else if (*version < kFirst) {
    run.Report("P02", Level::kNote, kFile,
               "hips_version " + *text + " is older than HiPS 1.0 (1.4)");
  } else if (*version > kFirst) {
    run.Report("P02", Level::kNote, kFile,
               "hips_version " + *text +
                   " is newer than HiPS 1.0 (1.4); the rules here are those "
                   "of 1.0");
  }
}

void CheckKeys(LintRun& run) {
  for (const auto& [key, value] : run.properties.entries()) {
    if (value.empty())
      run.Report("P03", kFile, key + " has no value: fill it in or drop it");
    if (IsKnown(key)) continue;
    const auto meant = Suggestion(key);
    run.Report("P05", kFile,
               key + " is no key of HiPS" +
                   (meant ? "; " + *meant + " was meant?" : ""));
  }
}

void CheckPresence(LintRun& run) {
  const Properties& properties = run.properties;
  const auto missing = [&](std::string_view key) {
    return !properties.Get(key);
  };
  const auto require = [&](std::string_view key) {
    if (missing(key))
      run.Report("P06", kFile, Format("{} is missing and required", key));
    const std::size_t count = properties.All(key).size();
    if (count > 1)
      run.Report("P04", kFile,
                 Format("{} is given {} times: keep one", key, count));
  };
  const auto recommend = [&](std::string_view key) {
    if (missing(key))
      run.Report("P07", kFile, Format("{} is missing and recommended", key));
  };
  for (const std::string_view key : kRequired) require(key);
  const std::string type = properties.GetOr("dataproduct_type", "");
  if (type.empty() || type == "cube") require("hips_cube_depth");
  for (const std::string_view key : kRecommended) recommend(key);
  if (type.empty() || type == "catalog") recommend("hips_cat_nrows");
}

void CheckNumbers(LintRun& run) {
  for (const std::string_view key : kNumeric)
    for (const std::string& value : run.properties.All(key))
      if (!value.empty() && !ParseNumber(value))
        run.Report("P08", kFile,
                   Format("{} is {}, not a number", key, Shown(value)));
}

void CheckRanges(LintRun& run) {
  for (const char* key :
       {"hips_pixel_cut", "hips_data_range", "hips_data_minmax"}) {
    const auto text = run.properties.Get(key);
    if (!text || text->empty()) continue;
    const auto range = run.properties.NumberPair(key);
    if (!range) {
      run.Report("P09", kFile,
                 Format("{} is {}: two numbers are needed, low then high", key,
                        Shown(*text)));
    } else if (!(range->first < range->second)) {
      run.Report("P09", Level::kWarning, kFile,
                 Format("{} is {}: the first must be below the second", key,
                        Shown(*text)));
    }
  }
}

void CheckBitpix(LintRun& run) {
  for (const char* key : {"hips_pixel_bitpix", "data_pixel_bitpix"}) {
    const auto text = run.properties.Get(key);
    const auto value = text ? ParseNumber(*text) : std::nullopt;
    if (!value) continue;  // absent, or rule P08
    if (!IsBitpix(*value))
      run.Report("P10", kFile,
                 Format("{} is {}: FITS knows 8, 16, 32, 64, -32, -64", key,
                        Shown(*text)));
  }
}

void CheckUrls(LintRun& run) {
  for (const auto& [key, value] : run.properties.entries()) {
    if (!WithoutNumber(key).ends_with("_url") || value.empty()) continue;
    if (!value.starts_with("http://") && !value.starts_with("https://") &&
        !value.starts_with("ftp://"))
      run.Report("P11", kFile,
                 key + " is " + Shown(value) +
                     ": it must start with http://, https:// or ftp://");
  }
}

void CheckIdentity(LintRun& run) {
  const auto did = run.properties.Get("creator_did");
  if (did && (!did->starts_with("ivo://") ||
              did->find_first_of(" \t") != std::string::npos))
    run.Report("P12", kFile,
               "creator_did is " + Shown(*did) +
                   ": an IVOID like ivo://AUTHORITY/P/name is needed");
  constexpr std::size_t kLongestTitle = 130;
  const std::string title = run.properties.GetOr("obs_title", "");
  const auto length = static_cast<std::size_t>(std::count_if(
      title.begin(), title.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (length > kLongestTitle)
    run.Report("P13", kFile,
               Format("obs_title has {} characters: at most {} fit a menu",
                      length, kLongestTitle));
  if (!run.properties.Get("client_category"))
    run.Report("P27", kFile,
               "client_category is missing: client menus place a HiPS by it, "
               "for example Image/Radio/NAME");
}

void CheckType(LintRun& run) {
  const auto type = run.properties.Get("dataproduct_type");
  if (type && *type != "image" && *type != "catalog" && *type != "cube")
    run.Report("P14", kFile,
               "dataproduct_type is " + Shown(*type) +
                   ": HiPS 1.0 knows image, cube and catalog");
}

void CheckDates(LintRun& run) {
  for (const char* key : {"hips_release_date", "hips_creation_date"}) {
    const auto date = run.properties.Get(key);
    if (!date) continue;
    const std::string flaw = DateFlaw(*date);
    if (flaw.empty()) continue;
    // Only the release date decides whether mirrors are up to date.
    const bool release = std::string_view(key) == "hips_release_date";
    run.Report("P15", release ? Level::kError : Level::kWarning, kFile,
               Format("{} {}", key, flaw));
  }
}

void CheckStatus(LintRun& run) {
  const auto status = run.properties.Get("hips_status");
  const auto flaw = status ? FindStatusFlaw(*status) : std::nullopt;
  if (flaw) run.Report("P16", flaw->level, kFile, flaw->message);
}

void CheckFormats(LintRun& run) {
  const auto formats = run.properties.Get("hips_tile_format");
  if (!formats) return;
  if (formats->find(',') != std::string::npos)
    run.Report("P17", kFile,
               "hips_tile_format is " + Shown(*formats) +
                   ": blanks separate formats, not commas");
  constexpr std::string_view kFormats[] = {"jpeg", "png", "fits", "tsv"};
  for (const std::string& word : SplitBlank(*formats)) {
    const std::string name = Lower(word.substr(0, word.find(',')));
    if (!IsIn(name, kFormats))
      run.Report("P17", Level::kNote, kFile,
                 "hips_tile_format has " + Shown(name) +
                     ": HiPS 1.0 knows jpeg, png, fits and tsv");
  }
  if (run.IsCatalogue() && Lower(*formats).find("tsv") == std::string::npos)
    run.Report("P18", kFile, "a catalogue needs tsv in hips_tile_format");
}

void CheckOrder(LintRun& run, const char* key, const char* rule) {
  const auto text = run.properties.Get(key);
  if (!text) return;
  const auto order = ParseInteger(*text);
  if (!order || *order < 0 || *order > kMaxOrder)
    run.Report(rule, kFile,
               Format("{} is {}: an order is 0 to 29", key, Shown(*text)));
}

void CheckWidth(LintRun& run) {
  const auto text = run.properties.Get("hips_tile_width");
  if (!text || !ParseNumber(*text)) return;  // rule P08
  const auto width = ParseInteger(*text);
  if (!width || *width <= 0 || (*width & (*width - 1)) != 0)
    run.Report("P21", kFile,
               "hips_tile_width is " + Shown(*text) +
                   ": it must be a power of two, such as 512");
}

void CheckServiceUrl(LintRun& run) {
  const auto url = run.properties.Get("hips_service_url");
  if (!run.source.remote() || !url || *url == run.source.where()) return;
  run.Report("P22", kFile,
             "hips_service_url is " + Shown(*url) + ", read from " +
                 Shown(run.source.where()) +
                 ": clients compare them letter by letter");
}

void CheckFrame(LintRun& run) {
  const auto frame = run.properties.Get("hips_frame");
  if (frame && *frame != "equatorial" && *frame != "galactic" &&
      *frame != "ecliptic")
    run.Report("P23", kFile,
               "hips_frame is " + Shown(*frame) +
                   ": equatorial, galactic and ecliptic are known");
}

void CheckNumberLimits(LintRun& run) {
  const auto fraction = run.properties.Number("moc_sky_fraction");
  if (fraction && !(*fraction >= 0.0 && *fraction <= 1.0))
    run.Report("P24", kFile,
               Format("moc_sky_fraction is {}: it is a share, 0 to 1",
                      NumberText(*fraction)));
  const auto depth = run.properties.Number("hips_cube_depth");
  if (depth && !(*depth > 0.0))
    run.Report("P25", kFile,
               Format("hips_cube_depth is {}: a cube has at least one frame",
                      NumberText(*depth)));
}

void CheckRegime(LintRun& run) {
  for (const std::string& regime : run.properties.All("obs_regime")) {
    if (regime.empty()) continue;
    if (regime.find_first_of(", \t") != std::string::npos) {
      run.Report("P26", kFile,
                 "obs_regime is " + Shown(regime) +
                     ": give one word, and the key again for the next");
    } else if (!IsIn(regime, kRegimes)) {
      run.Report("P26", kFile,
                 "obs_regime is " + Shown(regime) +
                     ": known are Radio, Millimeter, Infrared, Optical, UV, "
                     "EUV, X-ray, Gamma-ray");
    }
  }
}

}  // namespace

bool IsBitpix(double value) {
  constexpr double kValues[] = {8, 16, 32, 64, -32, -64};
  return std::find(std::begin(kValues), std::end(kValues), value) !=
         std::end(kValues);
}

std::string DateFlaw(std::string_view date) {
  std::string problem = "is " + Shown(date) + ": YYYY-mm-ddTHH:MMZ is needed";
  if (date.ends_with('Z')) date.remove_suffix(1);
  const std::size_t t = date.find('T');
  const std::vector<std::string> parts = Split(date.substr(0, t), '-');
  if (parts.size() != 3 || !InRange(parts[0], 0, 9999) ||
      !InRange(parts[1], 1, 12) || !InRange(parts[2], 1, 31))
    return problem;
  if (t != std::string_view::npos && !IsTime(date.substr(t + 1)))
    return problem;
  return "";
}

std::optional<StatusFlaw> FindStatusFlaw(std::string_view status) {
  constexpr std::array<std::array<std::string_view, 3>, 3> kClasses = {
      {{"private", "public", ""},
       {"master", "mirror", "partial"},
       {"clonable", "unclonable", "clonableOnce"}}};
  if (status.find(',') != std::string_view::npos)
    return StatusFlaw{Level::kError, "hips_status is " + Shown(status) +
                                         ": blanks separate words, not commas"};
  std::array<std::string, 3> chosen;
  std::optional<StatusFlaw> unknown;
  for (const std::string& word : SplitBlank(status)) {
    bool known = false;
    for (std::size_t i = 0; i < kClasses.size(); ++i) {
      if (!IsIn(word, kClasses[i])) continue;
      known = true;
      if (!chosen[i].empty())
        return StatusFlaw{Level::kError,
                          Format("hips_status has both {} and {}: keep one",
                                 chosen[i], word)};
      chosen[i] = word;
    }
    if (!known)
      unknown = StatusFlaw{Level::kNote,
                           "hips_status has the unknown word " + Shown(word)};
  }
  return unknown;
}

void LintProperties(LintRun& run) {
  CheckVersion(run);
  CheckKeys(run);
  CheckPresence(run);
  CheckNumbers(run);
  CheckRanges(run);
  CheckBitpix(run);
  CheckUrls(run);
  CheckIdentity(run);
  CheckType(run);
  CheckDates(run);
  CheckStatus(run);
  CheckFormats(run);
  CheckOrder(run, "hips_order", "P19");
  CheckOrder(run, "hips_order_min", "P20");
  CheckWidth(run);
  CheckServiceUrl(run);
  CheckFrame(run);
  CheckNumberLimits(run);
  CheckRegime(run);
}

}  // namespace hips
