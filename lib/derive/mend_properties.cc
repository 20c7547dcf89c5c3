// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/mend_properties.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "check/moc_file.h"
#include "derive/pixel_sample.h"
#include "healpix/cell_geometry.h"
#include "publish/preview_image.h"
#include "wcs/frame.h"

namespace hips {
namespace {

// Seven digits, as hipsgen writes numbers.
std::string Rounded(double value) { return Format("{:.7g}", value); }

std::string PairText(std::pair<double, double> pair) {
  return Rounded(pair.first) + " " + Rounded(pair.second);
}

// ---- Filling in ----

class Filler {
 public:
  explicit Filler(const Properties& given) { mended_.properties = given; }

  bool Lacks(std::string_view key) const {
    return Trim(mended_.properties.GetOr(key, "")).empty();
  }
  std::string Get(std::string_view key) const {
    return mended_.properties.GetOr(key, "");
  }

  /// Nothing happens when the key has a value, or `value` is empty.
  void Put(std::string_view key, const std::string& value) {
    if (!Lacks(key) || Trim(value).empty()) return;
    mended_.properties.Remove(key);
    mended_.properties.Add(key, Trim(value));
    mended_.added.push_back(Format("{} = {}", key, Trim(value)));
  }

  Mended Result() && { return std::move(mended_); }

 private:
  Mended mended_;
};

// ---- What tiles say ----

// In hips_tile_format; pictures first, since the first is what clients show.
struct FormatName {
  std::string_view extension;
  std::string_view word;
};
constexpr FormatName kFormats[] = {{"png", "png"},
                                   {"jpg", "jpeg"},
                                   {"webp", "webp"},
                                   {"fits", "fits"},
                                   {"tsv", "tsv"}};

std::string FormatsOf(const Inventory& inventory) {
  std::vector<std::string_view> words;
  for (const auto& [extension, word] : kFormats)
    if (inventory.Has(extension)) words.push_back(word);
  return Format("{}", fmt::join(words, " "));
}

std::string ProductOf(const Inventory& inventory, const Filler& filler) {
  if (!filler.Lacks("hips_cube_depth")) return "cube";
  return inventory.Extensions() == std::vector<std::string>{"tsv"} ? "catalog"
                                                                   : "image";
}

std::string FrameOfAxis(std::string_view ctype) {
  if (ctype.starts_with("GLON")) return "galactic";
  if (ctype.starts_with("ELON")) return "ecliptic";
  if (ctype.starts_with("RA--")) return "equatorial";
  return "";
}

// COORDSYS of a MOC and `coordsys` of old Hipsgen are one letter.
std::string FrameOfLetter(std::string_view letter) {
  if (letter == "C") return "equatorial";
  if (letter == "G") return "galactic";
  if (letter == "E") return "ecliptic";
  return "";
}

std::string FrameOfMoc(const HipsFiles& files) {
  const auto bytes = files.Read("Moc.fits");
  if (!bytes) return "";
  try {
    return FrameOfLetter(
        ParseMocFile(
            {reinterpret_cast<const char*>(bytes->data()), bytes->size()})
            .frame);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
    return "";
  }
}

std::string FrameFrom(const HipsFiles& files, const Properties& given,
                      const std::optional<TileFacts>& tile) {
  for (const std::string& frame :
       {std::string(Trim(given.GetOr("hips_frame", ""))),
        FrameOfLetter(Trim(given.GetOr("coordsys", ""))),
        tile ? FrameOfAxis(tile->axis) : std::string(), FrameOfMoc(files)})
    if (!frame.empty()) return frame;
  return "equatorial";
}

Direction ToIcrs(const Direction& direction, const std::string& frame) {
  const auto known = Frame::OfHips(frame);
  return known ? known->ToIcrs(direction) : direction;
}

// ---- Names ----

// "AUTH/P/name" out of what a server calls it: characters that an identifier
// may not have become '-', and a name without authority gets the one that
// Hipsgen gives to those.
std::string IdentifierOf(const std::string& name) {
  std::string clean;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    clean += plain ? c : '-';
  }
  if (clean.empty()) return "";
  const std::vector<std::string> parts = Split(clean, '/');
  if (parts.size() >= 3) return "ivo://" + clean;
  if (parts.size() == 2) return "ivo://UNK.AUTH/" + clean;
  return "ivo://UNK.AUTH/P/" + clean;
}

// The last part of "ivo://AUTH/P/name".
std::string LastPart(const std::string& identifier) {
  return identifier.substr(identifier.rfind('/') + 1);
}

std::string TitleOf(const Filler& filler) {
  for (const char* key : {"obs_collection", "label"})
    if (!filler.Lacks(key)) return filler.Get(key);
  return LastPart(filler.Get("creator_did"));
}

// ---- Groups of keys ----

// Lines of Hipsgen before the standard, under the standard's names.
void PutOldKeys(Filler& filler) {
  constexpr std::pair<std::string_view, std::string_view> kRenamed[] = {
      {"hips_order", "maxOrder"},     {"hips_order_min", "minOrder"},
      {"hips_tile_format", "format"}, {"obs_description", "description"},
      {"hips_pixel_cut", "pixelCut"}, {"hips_data_range", "pixelRange"},
  };
  for (const auto& [key, old] : kRenamed) filler.Put(key, filler.Get(old));
}

void PutIdentity(Filler& filler, const MendFacts& facts,
                 const Inventory& inventory) {
  filler.Put("creator_did", IdentifierOf(facts.name));
  filler.Put("obs_title", TitleOf(filler));
  filler.Put("dataproduct_type", ProductOf(inventory, filler));
  filler.Put("hips_version", "1.4");
  filler.Put("hips_release_date", facts.release_date);
  // The default of the standard.
  filler.Put("hips_status", "public master clonableOnce");
}

void PutStructure(Filler& filler, const Inventory& inventory,
                  const MendFacts& facts) {
  if (inventory.empty()) return;
  filler.Put("hips_order", Format("{}", inventory.deepest_order()));
  filler.Put("hips_order_min",
             Format("{}", facts.order_min.value_or(inventory.lowest_order())));
  filler.Put("hips_tile_format", FormatsOf(inventory));
  const int width = inventory.tile_width();
  if (width == 0) return;
  filler.Put("hips_tile_width", Format("{}", width));
  filler.Put("hips_pixel_scale",
             Rounded(CellSide(inventory.deepest_order()) / width / kDegree));
}

void PutPixels(Filler& filler, const HipsFiles& files,
               const Inventory& inventory, const TileFacts& tile) {
  if (tile.bitpix != 0)
    filler.Put("hips_pixel_bitpix", Format("{}", tile.bitpix));
  if (filler.Lacks("hips_pixel_cut"))
    if (const auto cut = CutOfTiles(files, inventory))
      filler.Put("hips_pixel_cut", PairText(*cut));
  filler.Put("hips_bunit", tile.unit);
}

// At a pole any right ascension will do; what rounding leaves of it is noise.
LonLatDeg PlaceOf(const Direction& direction) {
  LonLatDeg place = ToLonLatDeg(direction);
  if (std::hypot(direction.x, direction.y) < 1e-9) place.lon_deg = 0.0;
  return place;
}

void PutCoverage(Filler& filler, const Moc& coverage,
                 const std::string& frame) {
  if (coverage.empty()) return;
  filler.Put("moc_sky_fraction", Rounded(coverage.SkyFraction()));
  // Only together do they make a view.
  if (!filler.Lacks("hips_initial_ra") || !filler.Lacks("hips_initial_dec"))
    return;
  const SkyView view = ViewOf(coverage);
  const LonLatDeg centre = PlaceOf(ToIcrs(view.centre, frame));
  filler.Put("hips_initial_ra", Rounded(centre.lon_deg));
  filler.Put("hips_initial_dec", Rounded(centre.lat_deg));
  filler.Put("hips_initial_fov", Rounded(view.fov_deg));
}

}  // namespace

Mended MendProperties(const HipsFiles& files, const Inventory& inventory,
                      const TileIndex& index, const Properties& given,
                      const MendFacts& facts) {
  const auto tile = FactsOfTiles(files, inventory);
  const std::string frame = FrameFrom(files, given, tile);
  Filler filler(given);
  PutIdentity(filler, facts, inventory);
  PutOldKeys(filler);
  filler.Put("hips_frame", frame);
  PutStructure(filler, inventory, facts);
  if (tile) PutPixels(filler, files, inventory, *tile);
  PutCoverage(filler, index.coverage(), frame);
  return std::move(filler).Result();
}

std::string FrameOf(const HipsFiles& files, const Inventory& inventory,
                    const Properties& given) {
  return FrameFrom(files, given, FactsOfTiles(files, inventory));
}

Properties WithPngForWebp(const Properties& properties) {
  const std::string formats(Trim(properties.GetOr("hips_tile_format", "")));
  const std::vector<std::string> words = SplitBlank(Lower(formats));
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  Properties changed = properties;
  if (has("webp") && !has("png") && !has("jpeg") && !has("jpg") && !has("fits"))
    changed.Set("hips_tile_format", formats + " png");
  return changed;
}

}  // namespace hips
