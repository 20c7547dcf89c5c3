// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_fits.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "base/error.h"
#include "base/format.h"
#include "fits/hdu.h"
#include "fits/plane.h"
#include "healpix/cell_geometry.h"
#include "store/copy_pixels.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

}  // namespace

Header TileCards(TileAddress tile, int width, std::string_view frame) {
  const bool galactic = frame == "galactic";
  const bool ecliptic = frame == "ecliptic";
  const TileWcs wcs = TileWcsOf(tile, width);
  Header cards;
  cards.Set("ORDER", tile.order, "HiPS order of the tile");
  cards.Set("NPIX", tile.npix, "NESTED index of the tile");
  cards.Set("CRPIX1", wcs.crpix1);
  cards.Set("CRPIX2", wcs.crpix2);
  cards.Set("CD1_1", -wcs.s_deg);
  cards.Set("CD1_2", -wcs.s_deg);
  cards.Set("CD2_1", wcs.s_deg);
  cards.Set("CD2_2", -wcs.s_deg);
  cards.Set("CTYPE1", galactic   ? "GLON-HPX"
                      : ecliptic ? "ELON-HPX"
                                 : "RA---HPX");
  cards.Set("CTYPE2", galactic   ? "GLAT-HPX"
                      : ecliptic ? "ELAT-HPX"
                                 : "DEC--HPX");
  cards.Set("CUNIT1", "deg");
  cards.Set("CUNIT2", "deg");
  cards.Set("CRVAL1", 0.0);
  cards.Set("CRVAL2", 0.0);
  cards.Set("PV2_1", 4.0, "H of the HPX projection");
  cards.Set("PV2_2", 3.0, "K of the HPX projection");
  if (!galactic && !ecliptic) cards.Set("RADESYS", "ICRS");
  return cards;
}

Bytes EncodeTileFits(const Tile& tile, const TileEncoding& encoding,
                     Bytes buffer) {
  Header cards = TileCards(tile.address, tile.pixels.width());
  cards.Append(encoding.common);
  if (encoding.bitpix != -32)
    return EncodeScaledImage(tile.pixels, encoding.bitpix, encoding.bscale,
                             encoding.bzero, cards);
  EncodeImageInto(tile.pixels, cards, {}, buffer);
  return buffer;
}

void RoundAsStored(const TileEncoding& encoding, Image<float>& pixels) {
  if (encoding.bitpix == -32) return;
  const double highest = encoding.bitpix == 16
                             ? double{std::numeric_limits<std::int16_t>::max()}
                             : double{std::numeric_limits<std::int32_t>::max()};
  for (float& pixel : pixels.pixels()) {
    if (!std::isfinite(pixel)) {
      pixel = kBlankPixel;
      continue;
    }
    const double exact = (double{pixel} - encoding.bzero) / encoding.bscale;
    // The lowest integer stands for blank.
    const double stored = std::nearbyint(std::clamp(exact, -highest, highest));
    pixel = static_cast<float>(stored * encoding.bscale + encoding.bzero);
  }
}

Image<float> ReadTileFits(const std::filesystem::path& path) {
  for (const Hdu& hdu : ReadHdus(path)) {
    if (hdu.kind != HduKind::kImage || PixelCount(hdu) == 0) continue;
    if (hdu.axes.size() < 2 || hdu.axes[0] != hdu.axes[1]) break;
    const Plane plane = Plane::Open(
        path, hdu, {0, 1, std::vector<std::int64_t>(hdu.axes.size(), 0)});
    Image<float> pixels(plane.width(), plane.height());
    if (plane.kind() == PixelKind::kFloat32Big) {
      CopyPixels(plane.data(), pixels.pixels());
      return pixels;
    }
    std::vector<double> row(static_cast<std::size_t>(plane.width()));
    for (int r = 0; r < plane.height(); ++r) {
      plane.ReadRow(r, row);
      std::transform(row.begin(), row.end(), pixels.row(r),
                     [](double value) { return static_cast<float>(value); });
    }
    return pixels;
  }
  throw Error(ErrorKind::kBadInput,
              path.string() + ": holds no square image, so it is no tile");
}

}  // namespace hips
