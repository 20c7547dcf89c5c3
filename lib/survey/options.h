// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a build can be asked for, and the one table that names it.
//
// The same keys serve the TOML file ([section] key = value), the command line
// (--set section.key=value, and shorter flags) and the documentation.
// Defaults here are the defaults everywhere. Values; safe to copy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hips {

struct InputOptions {
  std::vector<std::string> paths;  ///< files, folders, globs, @list files
  /// Patterns of the names to take when a folder is searched; "rms/*.fits" is
  /// about the file's name and its folder's. None: every FITS name.
  std::vector<std::string> include;
  std::vector<std::string> exclude;  ///< the same, of names to leave out
  std::string hdu = "auto";          ///< auto, a number (0 primary), EXTNAME
  std::string stokes;          ///< I, Q, U, V, RR, ... or the code on the axis
  std::int64_t channel = 0;    ///< 1-based plane of a spectral axis; 0: none
  std::optional<bool> strict;  ///< a skip is an error; default: single file
  bool hash_data = false;      ///< identity by content instead of mtime
  /// No key of a file: images without the axis that stokes or channel names are
  /// taken as they are, not left out. For weights.
  bool plane_may_lack = false;
};

struct PixelOptions {
  std::string order = "auto";      ///< auto, lossless-min or 0..20
  int tile_width = 512;            ///< power of two, 64..4096
  std::string kernel = "beam";     ///< beam nearest bilinear bicubic lanczos3
  std::string overlay = "mean";    ///< mean first last sum
  std::string hierarchy = "mean";  ///< mean median: how parents are made
  bool allow_mixed_units = false;
  bool allow_beam_sum = false;  ///< overlay sum of a unit per beam
};

struct WeightOptions {
  std::string kind = "uniform";  ///< uniform taper map primary-beam
  std::string pattern;  ///< map: file beside each mosaic; {stem} and globs
  std::string meaning = "auto";  ///< auto weight rms variance primary-beam
  double taper_deg = 0.0;  ///< width of the taper; 0: a tenth of the mosaic
  double primary_beam_fwhm_deg = 0.0;
  double primary_beam_cutoff = 0.1;  ///< relative response below which blank
};

struct PreviewOptions {
  std::string cut = "noise";  ///< noise percentile explicit
  double low = 0.0;           ///< explicit: pixel units; percentile: percent
  double high = 0.0;
  double sigma_low = 2.0;  ///< noise: median - sigma_low * noise
  double sigma_high = 20.0;
  std::string stretch = "asinh";  ///< linear log sqrt asinh pow2
  std::string colormap =
      "grey";  ///< grey viridis magma inferno plasma cubehelix heat
  bool invert = false;
  int jpeg_quality = 85;
  std::string png_effort = "fast";  ///< fast default small
};

struct OutputOptions {
  std::string path;
  std::vector<std::string> formats = {"fits", "png"};  ///< fits png jpeg
  int moc_order = -1;                                  ///< -1: the leaf order
  bool progenitors = true;  ///< HpxFinder index of the inputs
  std::string weight_hips;  ///< folder of the sum-of-weights sibling; "": none
  int bitpix = -32;         ///< -32; or 16, 32 with bscale, bzero
  double bscale = 1.0;
  double bzero = 0.0;
  bool force = false;          ///< replace the HiPS that is there
  bool keep_previous = false;  ///< the release that is replaced
  int cell_order = -1;  ///< unit of work and restart; -1: chosen by the plan
};

struct RunOptions {
  int threads = 0;  ///< 0: all
  /// Private memory to stay within: bytes with K, M, G or T (of 1024);
  /// auto: 256M and 32M for each thread.
  std::string memory = "auto";
  std::string scratch;  ///< folder for decoded inputs; "": in the output's
};

/// One survey's build.
struct BuildOptions {
  std::string id;     ///< AUTH/P/name or ivo://AUTH/P/name
  std::string title;  ///< obs_title; default: last part of the id
  InputOptions input;
  PixelOptions pixels;
  WeightOptions weights;
  PreviewOptions preview;
  OutputOptions output;
  RunOptions run;
  /// Further properties, in order: [metadata] of the file.
  std::vector<std::pair<std::string, std::string>> metadata;
};

/// One line of the table.
struct OptionHelp {
  std::string key;      ///< "pixels.kernel"
  std::string value;    ///< "beam|bilinear|..." or "N", "PATH", ...
  std::string initial;  ///< default, as text
  std::string help;     ///< one sentence
};

/// Every key except those of [metadata], in the order of the documentation.
std::span<const OptionHelp> OptionTable();

/// Sets one key from its text; list values are separated by commas and replace
/// what was there. "metadata.KEY" adds a property, or replaces the value of one
/// that can only be given once (em_min, obs_description, ...).
/// throws  Error(kUsage): unknown key (with a suggestion), impossible value
void SetOption(BuildOptions& options, std::string_view key,
               std::string_view value);

/// Keys with the values they are set to, in the order of the table.
using OptionValues =
    std::vector<std::pair<std::string, std::vector<std::string>>>;

/// The keys that are not at their defaults, metadata among them.
OptionValues ChangedOptions(const BuildOptions& options);

/// Sets one key from what ChangedOptions gave.
/// throws  as SetOption
void SetOptionValues(BuildOptions& options, std::string_view key,
                     const std::vector<std::string>& values);

/// Reads a survey file. Relative paths in it are relative to its folder.
/// throws  Error(kUsage) with file, line and key; Error(kIo)
BuildOptions ReadSurveyFile(const std::filesystem::path& path);

/// Checks what single keys cannot tell: that there is an id, and combinations
/// of keys. input.paths and output.path may be empty here.
/// throws  Error(kUsage)
void CheckOptions(const BuildOptions& options);

/// "AUTH/P/name" of an id with or without ivo://.
/// throws  Error(kUsage) when the id is none: an authority of at least three
///         letters, digits, '.' or '-', then /P/ and a name without blanks
std::string IdPath(std::string_view id);

}  // namespace hips
