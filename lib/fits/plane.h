// SPDX-License-Identifier: GPL-3.0-or-later
// One two-dimensional plane of an image, as memory to sample from.
//
// An uncompressed, unscaled float plane whose two axes are stored one after
// the other is mapped and used in place, big-endian; anything else is decoded
// once to native float32 (BSCALE, BZERO, BLANK applied, blank = NaN).
// Infinities and values beyond float32 are blank for whoever samples.
// Thread-safety: an open Plane may be read by any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/file.h"
#include "base/scratch.h"
#include "fits/hdu.h"

namespace hips {

class FitsHandle;

/// Which plane of a cube: the axes (0-based) along columns and rows, and the
/// 0-based index on every other axis (entries of the two axes are ignored;
/// an entry may be missing for an axis of length 1).
struct PlaneSelection {
  int column_axis = 0;
  int row_axis = 1;
  std::vector<std::int64_t> index;
};

enum class PixelKind {
  kFloat32Big,  ///< big-endian IEEE float32, as in the file
  kFloat64Big,  ///< big-endian IEEE float64, as in the file
  kFloat32,     ///< native float32, decoded
};

class Plane {
 public:
  /// throws  Error(kBadInput) when the file is too short for its header, a
  ///         compressed tile is damaged (its HDU does not match DATASUM, or
  ///         does not decode) or there are no pixels;
  ///         Error(kUsage) for a selection outside the image; Error(kIo).
  ///         Errors name the file and the HDU.
  static Plane Open(const std::filesystem::path& path, const Hdu& hdu,
                    const PlaneSelection& selection);

  PixelKind kind() const { return kind_; }
  int width() const { return width_; }
  int height() const { return height_; }
  /// First pixel; rows follow one another without gaps.
  const std::byte* data() const { return data_; }

  /// One row as native double; blank = NaN (infinite and beyond-float32
  /// values too).
  void ReadRow(int row, std::span<double> values) const;

  /// Starts to read rows [first, last) of a mapped plane.
  void WillNeedRows(int first, int last) const;

  /// Lets the page cache forget a mapped plane, or rows [first, last) of it; it
  /// is read again when needed.
  void DoneWith() const { file_.DoneWith(0, file_.bytes().size()); }
  void DoneWithRows(int first, int last) const;

  /// Bytes of private memory behind the plane (0 when mapped, from its file or
  /// from the scratch folder).
  std::size_t private_bytes() const {
    return decoded_.is_private() ? decoded_.bytes().size() : 0;
  }

  /// Would Open decode this plane to memory rather than map it?
  static bool NeedsDecoding(const Hdu& hdu, const PlaneSelection& selection);

 private:
  struct ByteRange {
    std::size_t offset;
    std::size_t count;
  };
  ByteRange BytesOfRows(int first, int last) const;
  void UseInPlace(const Hdu& hdu, const PlaneSelection& selection);
  void Decode(const Hdu& hdu, const PlaneSelection& selection,
              FitsHandle* packed);

  PixelKind kind_ = PixelKind::kFloat32;
  int width_ = 0;
  int height_ = 0;
  const std::byte* data_ = nullptr;
  MappedFile file_;
  Scratch decoded_;
};

}  // namespace hips
