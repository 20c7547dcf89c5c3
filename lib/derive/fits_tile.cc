// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles of values.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "derive/tile_kinds.h"
#include "fits/write.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

// Cards about how pixels are stored and where the tile lies: every tile has
// its own. By their beginnings.
constexpr std::string_view kOwnCards[] = {
    "SIMPLE",   "BITPIX",  "NAXIS",   "EXTEND",  "XTENSION", "PCOUNT",
    "GCOUNT",   "GROUPS",  "BSCALE",  "BZERO",   "BLANK",    "DATASUM",
    "CHECKSUM", "ORDER ",  "NPIX ",   "CRPIX",   "CRVAL",    "CDELT",
    "CTYPE",    "CUNIT",   "CROTA",   "CD1_",    "CD2_",     "PC1_",
    "PC2_",     "PV1_",    "PV2_",    "WCSAXES", "RADESYS",  "EQUINOX",
    "LONPOLE",  "LATPOLE", "DATAMIN", "DATAMAX", "COMMENT",  "HISTORY",
    "CONTINUE", "DATE ",   "EXTNAME", "INHERIT", "END ",     " "};

bool IsOwnCard(const std::string& card) {
  return std::any_of(
      std::begin(kOwnCards), std::end(kOwnCards),
      [&](std::string_view key) { return card.starts_with(key); });
}

Header FromCards(const std::vector<std::string>& cards) {
  std::string text;
  for (const std::string& card : cards) text += card;
  return Header::Parse(text);
}

Header SurveyCards(const Header& header) {
  std::vector<std::string> kept;
  for (const std::string& card : header.cards())
    if (!IsOwnCard(card)) kept.push_back(card);
  return FromCards(kept);
}

Header InBoth(const Header& one, const Header& other) {
  std::vector<std::string> kept;
  for (const std::string& card : one.cards())
    if (std::find(other.cards().begin(), other.cards().end(), card) !=
        other.cards().end())
      kept.push_back(card);
  return FromCards(kept);
}

// ---- Encoding ----

// Stored integers of valid pixels; the lowest of the type stands for blank.
struct IntegerRange {
  double low = 0.0;
  double high = 0.0;
};

IntegerRange RangeOf(int bitpix) {
  switch (bitpix) {
    case 8:
      return {1.0, 255.0};
    case 16:
      return {-32767.0, 32767.0};
    default:
      return {-2147483647.0, 2147483647.0};
  }
}

struct Extremes {
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
};

Extremes ExtremesOf(const Image<float>& pixels) {
  Extremes extremes;
  for (const float pixel : pixels.pixels()) {
    if (std::isnan(pixel)) continue;
    extremes.low = std::min(extremes.low, double{pixel});
    extremes.high = std::max(extremes.high, double{pixel});
  }
  return extremes;
}

struct Scale {
  double bscale = 1.0;
  double bzero = 0.0;
};

// The scale of the tiles where it is one and holds the pixels, else one that
// just does.
Scale ScaleFor(const FitsTile& like, const Image<float>& pixels) {
  const auto [low, high] = ExtremesOf(pixels);
  const IntegerRange range = RangeOf(like.bitpix);
  const double ends[2] = {(low - like.bzero) / like.bscale,
                          (high - like.bzero) / like.bscale};
  const bool holds = std::min(ends[0], ends[1]) >= range.low - 0.5 &&
                     std::max(ends[0], ends[1]) <= range.high + 0.5;
  if (!(low <= high) || (like.one_scale && holds))
    return {like.bscale, like.bzero};
  const double bscale =
      low < high ? (high - low) / (range.high - range.low) : 1.0;
  return {bscale, low - bscale * range.low};
}

// EncodeScaledImage has no bytes; nobody but old HiPS has.
Bytes EncodeBytes(const Image<float>& pixels, Scale scale,
                  const Header& cards) {
  Header header;
  header.Set("SIMPLE", true);
  header.Set("BITPIX", 8);
  header.Set("NAXIS", 2);
  header.Set("NAXIS1", pixels.width());
  header.Set("NAXIS2", pixels.height());
  header.Set("BSCALE", scale.bscale);
  header.Set("BZERO", scale.bzero);
  header.Set("BLANK", 0, "stored value of a blank pixel");
  header.Append(cards);
  header.Set("CHECKSUM", "");
  header.Set("DATASUM", "");
  const std::string block = header.Block();
  constexpr std::size_t kBlock = 2880;
  Bytes bytes(block.size() + (pixels.size() + kBlock - 1) / kBlock * kBlock);
  const auto text = std::as_bytes(std::span(block));
  std::copy(text.begin(), text.end(), bytes.begin());
  std::transform(
      pixels.pixels().begin(), pixels.pixels().end(),
      bytes.begin() + static_cast<std::ptrdiff_t>(block.size()),
      [&](float pixel) {
        if (std::isnan(pixel)) return std::byte{0};
        const double stored =
            std::nearbyint((double{pixel} - scale.bzero) / scale.bscale);
        return static_cast<std::byte>(std::clamp(stored, 1.0, 255.0));
      });
  UpdateChecksums(bytes, block.size());
  return bytes;
}

Image<double> AsDoubles(const Image<float>& pixels) {
  Image<double> values(pixels.width(), pixels.height());
  std::copy(pixels.pixels().begin(), pixels.pixels().end(),
            values.pixels().begin());
  return values;
}

}  // namespace

FitsTile FitsTile::Decode(std::span<const std::byte> bytes,
                          std::string_view name) {
  FitsTile tile;
  tile.pixels = DecodeTileFits(bytes, name);
  const Header header = ReadTileHeader(bytes, name);
  tile.bitpix = static_cast<int>(header.Integer("BITPIX").value_or(-32));
  if (tile.bitpix > 0) {
    tile.bscale = header.Number("BSCALE").value_or(1.0);
    tile.bzero = header.Number("BZERO").value_or(0.0);
    if (tile.bscale == 0.0) tile.bscale = 1.0;
  }
  tile.cards = SurveyCards(header);
  return tile;
}

FitsTile FitsTile::Style() const {
  FitsTile style = *this;
  style.pixels = {};
  return style;
}

void FitsTile::Meet(const FitsTile& other) {
  one_scale = one_scale && other.one_scale && bitpix == other.bitpix &&
              bscale == other.bscale && bzero == other.bzero;
  cards = InBoth(cards, other.cards);
}

FitsTile FitsTile::Reduce(const FourTiles<FitsTile>& children, int width,
                          Hierarchy hierarchy) {
  std::array<const Image<float>*, 4> images{};
  std::optional<FitsTile> parent;
  for (std::size_t k = 0; k < children.size(); ++k) {
    if (children[k] == nullptr) continue;
    images[k] = &children[k]->pixels;
    if (parent)
      parent->Meet(*children[k]);
    else
      parent = children[k]->Style();
  }
  if (!parent) throw Error(ErrorKind::kUsage, "a tile without children");
  parent->pixels = ReduceChildren(images, width, hierarchy);
  return *std::move(parent);
}

Bytes EncodeLike(const FitsTile& like, const Image<float>& pixels,
                 const Header& cards) {
  Header all = cards;
  all.Append(like.cards);
  switch (like.bitpix) {
    case -64:
    case 64:
      return EncodeImage(AsDoubles(pixels), all);
    case 8:
      return EncodeBytes(pixels, ScaleFor(like, pixels), all);
    case 16:
    case 32: {
      const Scale scale = ScaleFor(like, pixels);
      return EncodeScaledImage(pixels, like.bitpix, scale.bscale, scale.bzero,
                               all);
    }
    default:
      return EncodeImage(pixels, all);
  }
}

int WidthOfTile(std::span<const std::byte> bytes, std::string_view extension) {
  if (IsPicture(extension)) return ColourTile::Decode(bytes, "").width();
  return FitsTile::Decode(bytes, "").width();
}

}  // namespace hips
