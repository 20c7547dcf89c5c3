// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles as files hold them, in memory: values (FITS) and colours (pictures).
// Private to lib/derive.
//
// Both kinds have the same three functions, so that what reduces tiles need
// not know which it has. Row 0 is at the bottom in both. Tiles are other
// people's: damaged ones are Error(kBadInput), never worse.
// Pure functions; safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/image.h"
#include "encode/picture.h"
#include "fits/header.h"
#include "healpix/tile_address.h"
#include "pyramid/reduce.h"

namespace hips {

template <typename Tile>
using FourTiles = std::array<const Tile*, 4>;  ///< by number, nullptr: none

struct FitsTile {
  Image<float> pixels;  ///< physical values, blank = NaN
  int bitpix = -32;     ///< as stored
  double bscale = 1.0;
  double bzero = 0.0;
  bool one_scale = true;  ///< did all tiles that went into it have this scale?
  /// What is said of the survey (BUNIT, beam, ...), not of the tile.
  Header cards;

  int width() const { return pixels.width(); }

  /// As DecodeTileFits.
  static FitsTile Decode(std::span<const std::byte> bytes,
                         std::string_view name);
  /// The tile without its pixels.
  FitsTile Style() const;
  /// Drops what is not the same in another tile.
  void Meet(const FitsTile& other);
  /// The mean or median of valid pixels; cards that all children share; the
  /// BITPIX and scale of the first. One child at least.
  static FitsTile Reduce(const FourTiles<FitsTile>& children, int width,
                         Hierarchy hierarchy);
};

struct ColourTile {
  Image<Rgba> pixels;  ///< alpha 0 = blank
  bool grey = false;   ///< did the files have one channel of colour?

  int width() const { return pixels.width(); }

  static ColourTile Decode(std::span<const std::byte> bytes,
                           std::string_view name);
  /// As ReduceColours.
  static ColourTile Reduce(const FourTiles<ColourTile>& children, int width,
                           Hierarchy hierarchy);
};

/// The colour of the pixels that are not transparent: their mean, each by its
/// alpha, rounded; or the median of each channel (of two middle values, their
/// mean, rounded down, as Hipsgen has it). Alpha is the mean of theirs. Nothing
/// but transparent pixels gives a transparent one.
Rgba MeanColour(std::span<const Rgba> colours);
Rgba MedianColour(std::span<const Rgba> colours);

/// MeanColour of square blocks; the width is a multiple of out_width.
Image<Rgba> BlockColours(const Image<Rgba>& pixels, int out_width);

/// A FITS image stored the way `like` was: BITPIX and scale. 64-bit integers
/// become float64; where scales were mixed, or pixels are out of range of the
/// scale, there is a new one.
/// cards  further cards, after which those of `like` follow
Bytes EncodeLike(const FitsTile& like, const Image<float>& pixels,
                 const Header& cards);

/// extension  "png", "jpg" or "webp"
Bytes EncodeColours(const ColourTile& tile, std::string_view extension);

bool IsPicture(std::string_view extension);

/// Width of a tile, FITS or picture.
/// throws  Error(kBadInput) when it is neither
int WidthOfTile(std::span<const std::byte> bytes, std::string_view extension);

}  // namespace hips
