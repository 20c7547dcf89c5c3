// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/names.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/text.h"
#include "healpix/tile_address.h"

namespace hips {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kFits = "application/fits";
constexpr std::string_view kVoTable = "application/x-votable+xml";
constexpr std::string_view kFinder = "HpxFinder/";
// HiPS 1.0, 4.3.2: Allsky files exist for the first orders only.
constexpr int kMaxAllskyOrder = 3;

struct RootName {
  std::string_view name;
  std::string_view content_type;
  CacheKind cache;
};

constexpr std::array kRootNames = {
    RootName{"properties", kText, CacheKind::kPage},
    RootName{"Moc.fits", kFits, CacheKind::kDatum},
    RootName{"metadata.fits", kFits, CacheKind::kDatum},
    RootName{"metadata.xml", kVoTable, CacheKind::kDatum},
    RootName{"preview.jpg", "image/jpeg", CacheKind::kDatum},
    RootName{"index.html", kHtml, CacheKind::kPage},
    RootName{"report.html", kHtml, CacheKind::kPage},
    RootName{"provenance.json", "application/json", CacheKind::kPage},
    RootName{"aladin.js", "text/javascript; charset=utf-8", CacheKind::kTile},
};

constexpr std::array kFinderNames = {
    RootName{"properties", kText, CacheKind::kPage},
    RootName{"metadata.xml", kVoTable, CacheKind::kDatum},
    RootName{"Moc.fits", kFits, CacheKind::kDatum},
    RootName{"Norder3/Allsky", kText, CacheKind::kTile},
};

struct TileFormat {
  std::string_view extension;
  std::string_view content_type;
};

constexpr std::array kTileFormats = {
    TileFormat{"fits", "image/fits"},
    TileFormat{"png", "image/png"},
    TileFormat{"jpg", "image/jpeg"},
    TileFormat{"webp", "image/webp"},
};

const TileFormat* FindFormat(std::string_view extension) {
  const auto found = std::find_if(
      kTileFormats.begin(), kTileFormats.end(),
      [&](const TileFormat& f) { return f.extension == extension; });
  return found == kTileFormats.end() ? nullptr : &*found;
}

template <typename Names>
std::optional<ServedName> FindName(const Names& names, std::string_view prefix,
                                   std::string_view path) {
  for (const RootName& known : names)
    if (known.name == path)
      return ServedName{std::string(prefix) + std::string(path),
                        known.content_type, known.cache};
  return std::nullopt;
}

std::optional<ServedName> ParseAllsky(std::string_view path) {
  constexpr std::string_view kStart = "Norder";
  constexpr std::string_view kMiddle = "/Allsky.";
  const std::size_t middle = path.find(kMiddle);
  if (middle == std::string_view::npos || !path.starts_with(kStart))
    return std::nullopt;
  const std::string_view digits =
      path.substr(kStart.size(), middle - kStart.size());
  const TileFormat* format = FindFormat(path.substr(middle + kMiddle.size()));
  const auto order = ParseInteger(digits);
  // One name for one file: no "+3", no "03".
  if (format == nullptr || !order || *order < 0 || *order > kMaxAllskyOrder ||
      std::to_string(*order) != digits)
    return std::nullopt;
  return ServedName{std::string(path),        format->content_type,
                    CacheKind::kTile,         std::nullopt,
                    static_cast<int>(*order), format->extension};
}

std::optional<ServedName> ParseTile(std::string_view path) {
  const auto tile = ParseTilePath(path);
  if (!tile) return std::nullopt;
  const TileFormat* format = FindFormat(tile->extension);
  if (format == nullptr) return std::nullopt;
  return ServedName{TilePath(tile->tile, format->extension),
                    format->content_type,
                    CacheKind::kTile,
                    tile->tile,
                    std::nullopt,
                    format->extension};
}

std::optional<ServedName> ParseFinder(std::string_view path) {
  if (auto found = FindName(kFinderNames, kFinder, path)) return found;
  const auto tile = ParseTilePath(path);
  if (!tile || !tile->extension.empty()) return std::nullopt;
  return ServedName{std::string(kFinder) + TilePath(tile->tile, ""), kText,
                    CacheKind::kTile};
}

}  // namespace

std::string_view CacheControl(CacheKind kind) {
  switch (kind) {
    case CacheKind::kTile:
      return "public, max-age=86400";
    case CacheKind::kDatum:
      return "public, max-age=3600";
    case CacheKind::kPage:
      break;
  }
  return "no-cache";
}

std::optional<ServedName> ParseServedName(std::string_view path) {
  if (path.empty()) path = "index.html";
  // Aladin Desktop asks for the folder itself to see whether it is there.
  if (path == kFinder || path == kFinder.substr(0, kFinder.size() - 1))
    path = "HpxFinder/properties";
  if (path.starts_with(kFinder))
    return ParseFinder(path.substr(kFinder.size()));
  if (auto found = FindName(kRootNames, "", path)) return found;
  if (auto found = ParseAllsky(path)) return found;
  return ParseTile(path);
}

}  // namespace hips
