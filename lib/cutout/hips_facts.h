// SPDX-License-Identifier: GPL-3.0-or-later
// What pictures and cut-outs need to know of a HiPS.
//
// From `properties`, ours or anybody's, and from the header of one of its
// deepest FITS tiles. What is missing is found among the files (orders, tile
// width) or has the standard's default.
// Source: HiPS 1.0 (IVOA 2017), 4.4.1. Thread-safety: values; ReadFacts is safe
// from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "encode/picture.h"
#include "fits/header.h"
#include "store/hips_files.h"
#include "wcs/frame.h"

namespace hips {

struct HipsFacts {
  std::string did;      ///< creator_did, "" when there is none
  std::string title;    ///< obs_title
  std::string release;  ///< hips_release_date as written
  /// Tells this HiPS and release from all others: the key of its tiles in a
  /// TileCache. Identifier, date and a hash of `properties`; a caller that
  /// knows of a finer one (a file's time, two folders alike) may set it.
  std::string key;

  std::string frame_name;  ///< "equatorial", "galactic" or "ecliptic"
  Frame frame;             ///< of the tiles, against ICRS
  int order = 0;           ///< deepest order
  int order_min = 0;       ///< lowest order that has tiles
  int tile_width = 512;    ///< pixels, a power of two

  bool has_fits = false;  ///< FITS tiles
  /// The pictures to read colours from: PNG before WebP before JPEG.
  std::optional<PictureFormat> pictures;

  std::optional<std::pair<double, double>> cut;  ///< hips_pixel_cut
  std::string stretch;                           ///< hips_pixel_function

  /// BUNIT, BMAJ, BMIN, BPA, RESTFRQ as far as the tiles have them; BUNIT also
  /// from hips_bunit.
  Header cards;
  /// BMIN, radians; 0 when unknown.
  double beam_minor = 0.0;
};

/// throws  Error(kIncomplete) without `properties`;
///         Error(kBadInput) when they do not say what is needed;
///         Error(kUsage) for what has no image tiles (a catalogue) or more than
///         two dimensions (a cube): one sentence for the client; Error(kIo)
HipsFacts ReadFacts(const HipsFiles& files);

/// The same with other properties than those in the files: mended ones.
HipsFacts ReadFacts(const HipsFiles& files, std::string_view properties);

}  // namespace hips
