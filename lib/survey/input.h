// SPDX-License-Identifier: GPL-3.0-or-later
// The inputs of a survey: found, opened as far as their headers, and named.
//
// No pixel is read here. Inputs come in the order of their names, so the
// result does not depend on how the file system lists folders.
// Thread-safety: values; ScanInputs may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fits/hdu.h"
#include "fits/plane.h"
#include "survey/options.h"
#include "wcs/footprint.h"
#include "wcs/wcs.h"

namespace hips {

/// Restoring beam, radians (FWHM); position angle east of north.
struct Beam {
  double major = 0.0;
  double minor = 0.0;
  double position_angle = 0.0;
};

/// What makes an input the same input in a later run.
struct InputIdentity {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string header_hash;  ///< XXH3-128 of the cards, hex
  std::string data_hash;    ///< of the file, when asked for; else ""
};

struct Input {
  std::string name{};          ///< path relative to the survey root; unique
  std::filesystem::path path;  ///< absolute; links are not resolved
  Hdu hdu;
  PlaneSelection selection;
  Wcs wcs;
  Footprint footprint;
  int width = 0;
  int height = 0;
  std::string unit{};  ///< BUNIT as written, "" when absent
  std::optional<Beam> beam{};
  std::optional<double> frequency_hz{};
  std::optional<double> bandwidth_hz{};
  std::optional<double> mjd{};  ///< DATE-OBS or MJD-OBS
  std::string object{};
  /// The weight map beside it (weights.kind map): same size, same WCS.
  std::optional<std::filesystem::path> weight_path{};
  int weight_hdu = 0;
  PlaneSelection weight_selection{};
  std::string weight_meaning{};  ///< weight rms variance primary-beam, or ""
  InputIdentity weight_identity{};
  InputIdentity identity{};
};

struct SkippedInput {
  std::string name;
  std::string reason;
};

struct Survey {
  /// Deepest folder that holds every file looked at, the skipped ones too.
  std::filesystem::path root;
  std::vector<Input> inputs;  ///< sorted by name; one input a file
  std::vector<SkippedInput> skipped;
  std::vector<std::string> warnings;  ///< beams that differ, ...; sentences
};

/// Finds and describes the inputs, in parallel on the surrounding arena.
///
/// A path may be a file, a folder (searched in depth for .fits, .fit, .fts,
/// .fz and these with .gz, any case, or for options.input.include), a glob
/// (`**` spans folders), or @FILE with one path a line. Hidden names, the
/// output folder and folders that are a HiPS are not searched. A file reached
/// twice, also through links, is one input. Weight maps that
/// options.weights.pattern names beside a mosaic are not inputs, unless they
/// were asked for by their own name.
///
/// root    names are relative to it if all files lie below it, as in an earlier
///         run with other files; otherwise to the deepest folder that holds all
/// throws  Error(kUsage): nothing given, a path that is not there; an axis
///         longer than one without input.stokes or input.channel; a sum of
///         values per beam that was not asked for
///         Error(kBadInput): a skip under strict; no usable input at all;
///         different units (unless allowed); a weight map that is missing,
///         ambiguous or of another geometry
///         Error(kIo)
Survey ScanInputs(const BuildOptions& options,
                  const std::filesystem::path& root = {});

/// The beam of a header: BMAJ, BMIN, BPA in degrees, else the last HISTORY
/// card that has them as AIPS writes it. Nothing for a beam wider than 20 deg:
/// such headers count in arc seconds.
std::optional<Beam> BeamOf(const Header& header);

/// Do two ways to write a unit mean the same? "JY/BEAM" and "beam-1 Jy" do.
bool IsSameUnit(std::string_view a, std::string_view b);

}  // namespace hips
