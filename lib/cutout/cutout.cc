// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/cutout.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "cutout/lattice.h"
#include "cutout/sky_grid.h"
#include "cutout/sky_sampler.h"
#include "cutout/tile_source.h"
#include "encode/jpeg.h"
#include "encode/png.h"
#include "encode/preview.h"
#include "fits/write.h"
#include "healpix/cell_geometry.h"
#include "wcs/wcs.h"

namespace hips {
namespace {

// Positions, in pixels of the HiPS: what it does to a value is 1e-4 of what
// lies between two neighbours.
constexpr double kTolerance = 1e-4;
// A cut-out at the scale of its order needs at most 4 pixels of tiles a pixel,
// and tiles that it only touches.
constexpr std::int64_t kTilePixelsAPixel = 16;
constexpr std::int64_t kTilesAnyway = 128;
// Where even the lowest order is finer than that: all of it up to order 4.
constexpr std::int64_t kMostReduced = 3072;
// Below, a face has too few pixels for a kernel.
constexpr int kLowestPixelOrder = 4;
constexpr double kNarrowestBeam = 2.0;

Wcs WcsOf(const CutoutRequest& request) {
  std::string cards;
  for (const std::string& card : request.wcs.cards()) cards += card;
  try {
    return Wcs::FromCards(cards, 0, 1, request.width, request.height);
  } catch (const Error& error) {
    throw Error(ErrorKind::kUsage, Format("wcs: {}", error.what()));
  }
}

// Side of a pixel, radians, as the square root of its area; 0 off the sky.
double SideAt(const Wcs& wcs, double x, double y) {
  const auto east = wcs.ToSky(x - 0.5, y);
  const auto west = wcs.ToSky(x + 0.5, y);
  const auto south = wcs.ToSky(x, y - 0.5);
  const auto north = wcs.ToSky(x, y + 0.5);
  if (!east || !west || !south || !north) return 0.0;
  const Direction across{west->x - east->x, west->y - east->y,
                         west->z - east->z};
  const Direction up{north->x - south->x, north->y - south->y,
                     north->z - south->z};
  return std::sqrt(Norm(Cross(across, up)));
}

// The median over the field.
double PixelSide(const Wcs& wcs) {
  constexpr int kSteps = 9;
  std::vector<double> sides;
  for (int j = 0; j < kSteps; ++j)
    for (int i = 0; i < kSteps; ++i) {
      const double side = SideAt(wcs, (i + 0.5) / kSteps * wcs.width() - 0.5,
                                 (j + 0.5) / kSteps * wcs.height() - 0.5);
      if (side > 0.0 && std::isfinite(side)) sides.push_back(side);
    }
  // A few pixels of sky in a corner: the scale then is that of any of them.
  if (sides.empty()) {
    try {
      return wcs.PixelScale();
    } catch (const Error&) {
      throw Error(ErrorKind::kUsage,
                  "no part of the cut-out lies on the sky of its projection");
    }
  }
  const auto middle =
      sides.begin() + static_cast<std::ptrdiff_t>(sides.size() / 2);
  std::nth_element(sides.begin(), middle, sides.end());
  return *middle;
}

// Which tiles are read, and how often their pixels are halved.
struct Depth {
  int order = 0;
  int halvings = 0;
};

Depth DepthFor(double pixel_side, const HipsFacts& facts) {
  // A scale that is meant to be that of an order may be off by rounding.
  constexpr double kRounding = 1.0 + 1e-6;
  const int width_order = Log2Exact(facts.tile_width);
  const int deepest = facts.order + width_order;
  int pixels = std::min(std::max(kLowestPixelOrder, facts.order_min), deepest);
  while (pixels < deepest && CellSide(pixels) > pixel_side * kRounding)
    ++pixels;
  const int order = std::max(pixels - width_order, facts.order_min);
  return {order, order + width_order - pixels};
}

Kernel KernelFor(double beam_minor, int pixel_order) {
  const double beam_pixels = beam_minor / CellSide(pixel_order);
  return beam_pixels >= kNarrowestBeam ? Kernel::ForBeam(beam_pixels)
                                       : Kernel(KernelKind::kBicubic);
}

// All that a cut-out is drawn with.
class Painter {
 public:
  Painter(const HipsFiles& files, const HipsFacts& facts,
          const CutoutRequest& request, TileCache& cache)
      : width_(request.width),
        height_(request.height),
        wcs_(WcsOf(request)),
        depth_(DepthFor(PixelSide(wcs_), facts)),
        source_(files, facts, cache,
                facts.has_fits ? TileKind::kFits : TileKind::kPicture),
        lattice_(source_, depth_.order, depth_.halvings),
        kernel_(facts.has_fits
                    ? KernelFor(facts.beam_minor, lattice_.pixel_order())
                    : Kernel(KernelKind::kBilinear)),
        grid_(wcs_, facts.frame,
              kTolerance * CellSide(lattice_.pixel_order())) {
    const std::int64_t tile = std::int64_t{facts.tile_width} * facts.tile_width;
    source_.SetMostReads(
        kTilePixelsAPixel * width_ * height_ / tile + kTilesAnyway +
        (depth_.halvings > 0 ? std::min(CellCount(depth_.order), kMostReduced)
                             : 0));
  }

  /// One image a channel.
  std::vector<Image<float>> Draw(const std::vector<Channel>& channels) {
    std::vector<Image<float>> images(channels.size(),
                                     Image<float>(width_, height_));
    std::vector<SkySampler> samplers;
    samplers.reserve(channels.size());
    for (const Channel channel : channels)
      samplers.emplace_back(lattice_, channel, kernel_);
    constexpr int kBlock = SkyGrid::kBlock;
    std::vector<Direction> directions;
    std::vector<float> values;
    for (int row = 0; row < height_; row += kBlock)
      for (int column = 0; column < width_; column += kBlock) {
        const int width = std::min(kBlock, width_ - column);
        const int height = std::min(kBlock, height_ - row);
        grid_.Find(column, row, width, height, directions);
        values.resize(directions.size());
        for (std::size_t i = 0; i < channels.size(); ++i) {
          samplers[i].Sample(width, height, directions, values.data());
          for (int r = 0; r < height; ++r)
            std::copy_n(values.begin() + std::ptrdiff_t{r} * width, width,
                        images[i].row(row + r) + column);
        }
      }
    return images;
  }

  /// "order 9, kernel beam6(4.0 px)", for the provenance.
  std::string Method() const {
    std::string text =
        Format("order {}, kernel {}", depth_.order, kernel_.Name());
    if (depth_.halvings > 0)
      text += Format(", pixels averaged {} x {}", 1 << depth_.halvings,
                     1 << depth_.halvings);
    return text;
  }

 private:
  const int width_;
  const int height_;
  const Wcs wcs_;
  const Depth depth_;
  TileSource source_;
  Lattice lattice_;
  const Kernel kernel_;
  SkyGrid grid_;
};

Bytes EncodeFits(const Image<float>& image, const CutoutRequest& request,
                 const HipsFacts& facts, const std::string& method) {
  Header header;
  header.Set("WCSAXES", 2);
  header.Append(request.wcs);
  header.Append(facts.cards);
  header.AddText(
      "HISTORY",
      Format("Cut-out of the HiPS {}{}",
             facts.did.empty() ? facts.title : facts.did,
             facts.release.empty() ? "" : ", release " + facts.release));
  header.AddText("HISTORY", Format("Sampled from FITS tiles of {}", method));
  return EncodeImage(image, header);
}

Bytes EncodeStretched(const Image<float>& image, const CutoutRequest& request) {
  const PreviewStyle style = StyleOf(
      request.display, {0.5, true}, {99.5, true}, Stretch::kLinear, [&] {
        const auto pixels = image.pixels();
        return std::vector<float>(pixels.begin(), pixels.end());
      });
  return PreviewEncoder(style).Encode(
      image, request.format == CutoutFormat::kPng ? PictureFormat::kPng
                                                  : PictureFormat::kJpeg);
}

// Three channels of levels 0..255, blank in all or in none.
Bytes EncodeColours(const std::vector<Image<float>>& channels,
                    CutoutFormat format) {
  Image<Rgba> colours(channels[0].width(), channels[0].height(),
                      Rgba{0, 0, 0, 0});
  const auto level = [](float value) {
    return static_cast<std::uint8_t>(
        std::lround(std::clamp(value, 0.0f, 255.0f)));
  };
  for (std::size_t i = 0; i < colours.size(); ++i) {
    const float red = channels[0].pixels()[i];
    if (red != red) continue;
    colours.pixels()[i] = {level(red), level(channels[1].pixels()[i]),
                           level(channels[2].pixels()[i]), 255};
  }
  constexpr int kQuality = 90;
  return format == CutoutFormat::kPng ? EncodePng(colours)
                                      : EncodeJpeg(colours, kQuality);
}

}  // namespace

Cutout MakeCutout(const HipsFiles& files, const HipsFacts& facts,
                  const CutoutRequest& request, TileCache& cache) {
  if (!facts.has_fits && request.format == CutoutFormat::kFits)
    throw Error(ErrorKind::kUsage,
                "this HiPS has no FITS tiles, so there is no FITS cut-out of "
                "it; ask for format=png or jpg");
  Painter painter(files, facts, request, cache);
  Cutout cutout;
  cutout.content_type = ContentType(request.format);
  if (!facts.has_fits) {
    cutout.bytes = EncodeColours(
        painter.Draw({Channel::kRed, Channel::kGreen, Channel::kBlue}),
        request.format);
    return cutout;
  }
  const Image<float> image = std::move(painter.Draw({Channel::kValue})[0]);
  cutout.bytes = request.format == CutoutFormat::kFits
                     ? EncodeFits(image, request, facts, painter.Method())
                     : EncodeStretched(image, request);
  return cutout;
}

}  // namespace hips
