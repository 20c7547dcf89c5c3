// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/hips_facts.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "healpix/tile_address.h"
#include "properties/properties.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

// Deeper ones have pixels finer than HEALPix indices of 64 bits can count.
constexpr int kDeepestPixels = 29;
constexpr int kWidestTile = 4096;
constexpr std::string_view kCarried[] = {"BUNIT", "BMAJ",    "BMIN",
                                         "BPA",   "RESTFRQ", "RESTFREQ"};

void TakeIdentity(const Properties& properties, HipsFacts& facts) {
  facts.did = properties.GetOr("creator_did", "");
  facts.title = properties.GetOr("obs_title", "");
  facts.release = properties.GetOr("hips_release_date", "");
}

void RefuseWhatIsNoImage(const Properties& properties) {
  const std::string type = Lower(properties.GetOr("dataproduct_type", "image"));
  if (type == "catalog" || type == "catalogue" || type == "meta")
    throw Error(ErrorKind::kUsage,
                "this HiPS is a catalogue: it has no pixels to draw");
  const bool deep = properties.Number("hips_cube_depth").value_or(1.0) > 1.0 ||
                    properties.Get("hips_order_freq").has_value();
  if (deep || type.find("cube") != std::string::npos)
    throw Error(ErrorKind::kUsage,
                "this HiPS is a cube: cut-outs and rendered tiles are made "
                "from two-dimensional HiPS only");
}

// Hipsgen before version 9 wrote coordsys = C, G or E.
void TakeFrame(const Properties& properties, HipsFacts& facts) {
  const std::string frame = Lower(properties.GetOr(
      "hips_frame", properties.GetOr("coordsys", "equatorial")));
  facts.frame_name = frame == "c" || frame == "icrs" ? "equatorial"
                     : frame == "g"                  ? "galactic"
                     : frame == "e"                  ? "ecliptic"
                                                     : frame;
  const auto known = Frame::OfHips(facts.frame_name);
  if (!known)
    throw Error(ErrorKind::kBadInput,
                Format("its properties say hips_frame = {}, which is neither "
                       "equatorial nor galactic nor ecliptic",
                       frame));
  facts.frame = *known;
}

std::optional<int> WholeNumber(const Properties& properties,
                               std::string_view key, int low, int high) {
  const auto text = properties.Get(key);
  if (!text) return std::nullopt;
  const auto value = ParseInteger(*text);
  if (!value || *value < low || *value > high)
    throw Error(ErrorKind::kBadInput,
                Format("its properties say {} = {}; it is {} to {}", key, *text,
                       low, high));
  return static_cast<int>(*value);
}

void TakeFormats(const Properties& properties, HipsFacts& facts) {
  bool png = false;
  bool jpeg = false;
  bool webp = false;
  for (const std::string& word :
       SplitBlank(Lower(properties.GetOr("hips_tile_format", "")))) {
    facts.has_fits |= word == "fits";
    png |= word == "png";
    jpeg |= word == "jpeg" || word == "jpg";
    webp |= word == "webp";
  }
  if (png)
    facts.pictures = PictureFormat::kPng;
  else if (webp)
    facts.pictures = PictureFormat::kWebp;
  else if (jpeg)
    facts.pictures = PictureFormat::kJpeg;
  if (!facts.has_fits && !facts.pictures)
    throw Error(ErrorKind::kBadInput,
                "its properties name no tile format that can be read (fits, "
                "png, jpeg, webp)");
}

// The tiles of an order, first come, as names below the HiPS; at most one.
std::optional<std::string> AnyTile(const HipsFiles& files, int order,
                                   std::string_view extension) {
  const std::string folder = Format("Norder{}", order);
  for (const std::string& dir : files.List(folder)) {
    if (!dir.starts_with("Dir")) continue;
    for (const std::string& name : files.List(Format("{}/{}", folder, dir))) {
      const std::string path = Format("{}/{}/{}", folder, dir, name);
      const auto parsed = ParseTilePath(path);
      if (parsed && parsed->extension == extension) return path;
    }
  }
  return std::nullopt;
}

std::string Extension(const HipsFacts& facts) {
  return facts.has_fits ? "fits" : PictureExtension(*facts.pictures);
}

// Many HiPS do not say hips_order_min, and some start at order 3.
int FindLowestOrder(const HipsFiles& files, const HipsFacts& facts) {
  for (int order = 0; order < facts.order; ++order)
    if (AnyTile(files, order, Extension(facts))) return order;
  return facts.order;
}

void TakeOrders(const Properties& properties, const HipsFiles& files,
                HipsFacts& facts) {
  auto order = WholeNumber(properties, "hips_order", 0, kDeepestPixels);
  if (!order) order = WholeNumber(properties, "maxOrder", 0, kDeepestPixels);
  if (!order)
    throw Error(ErrorKind::kBadInput, "its properties do not say hips_order");
  facts.order = *order;
  const auto lowest = WholeNumber(properties, "hips_order_min", 0, *order);
  facts.order_min = lowest ? *lowest : FindLowestOrder(files, facts);
}

void TakeWidth(const Properties& properties, HipsFacts& facts) {
  if (const auto width =
          WholeNumber(properties, "hips_tile_width", 1, kWidestTile))
    facts.tile_width = *width;
  if ((facts.tile_width & (facts.tile_width - 1)) != 0)
    throw Error(ErrorKind::kBadInput,
                Format("its tiles are {} pixels wide, which is no power of two",
                       facts.tile_width));
  if (facts.order + Log2Exact(facts.tile_width) > kDeepestPixels)
    throw Error(ErrorKind::kBadInput,
                Format("order {} with tiles of {} pixels is beyond HEALPix",
                       facts.order, facts.tile_width));
}

// The unit and the beam are in the tiles; properties know of the unit only.
void TakeCards(const Properties& properties, const HipsFiles& files,
               HipsFacts& facts) {
  Header tile;
  if (facts.has_fits)
    if (const auto path = AnyTile(files, facts.order, "fits"))
      if (const auto bytes = files.Read(*path))
        tile = ReadTileHeader(*bytes, *path);
  for (const std::string_view key : kCarried) {
    if (const auto text = tile.Text(key))
      facts.cards.Set(key, *text);
    else if (const auto number = tile.Number(key))
      facts.cards.Set(key, *number);
  }
  const std::string unit = properties.GetOr("hips_bunit", "");
  if (!facts.cards.Has("BUNIT") && !unit.empty())
    facts.cards.Set("BUNIT", unit);
  const double minor_deg = tile.Number("BMIN").value_or(0.0);
  if (minor_deg > 0.0 && minor_deg < 180.0)
    facts.beam_minor = minor_deg * kDegree;
}

}  // namespace

HipsFacts ReadFacts(const HipsFiles& files) {
  const auto bytes = files.Read("properties");
  if (!bytes)
    throw Error(ErrorKind::kIncomplete, "this HiPS has no properties file");
  return ReadFacts(
      files, std::string_view(reinterpret_cast<const char*>(bytes->data()),
                              bytes->size()));
}

HipsFacts ReadFacts(const HipsFiles& files, std::string_view text) {
  const Properties properties = Properties::Parse(text);
  RefuseWhatIsNoImage(properties);
  HipsFacts facts;
  TakeIdentity(properties, facts);
  facts.key = Format("{} {} {}", facts.did, facts.release, HashOf(text).Text());
  TakeFrame(properties, facts);
  TakeFormats(properties, facts);
  TakeOrders(properties, files, facts);
  TakeWidth(properties, facts);
  facts.cut = properties.NumberPair("hips_pixel_cut");
  if (facts.cut && !(facts.cut->first < facts.cut->second)) facts.cut.reset();
  facts.stretch = properties.GetOr("hips_pixel_function", "");
  TakeCards(properties, files, facts);
  return facts;
}

}  // namespace hips
