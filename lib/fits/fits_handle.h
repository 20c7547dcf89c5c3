// SPDX-License-Identifier: GPL-3.0-or-later
// cfitsio as this room uses it: an open file that closes itself, and a status
// that becomes an Error. Private to lib/fits: other rooms never see fitsio.h.
//
// One handle belongs to one thread; different handles are independent (the
// library is built reentrant).
#pragma once

#include <fitsio.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "fits/gzip.h"

namespace hips {

class FitsHandle {
 public:
  /// The name is taken literally: no cfitsio "extended file name" syntax.
  /// throws  Error(kIo) when there is no such file, Error(kBadInput) when it
  ///         is not FITS
  explicit FitsHandle(const std::filesystem::path& path);
  ~FitsHandle();
  FitsHandle(const FitsHandle&) = delete;
  FitsHandle& operator=(const FitsHandle&) = delete;

  fitsfile* get() const { return file_; }

  /// index 0 is the primary HDU.
  void MoveTo(int index);

  /// The cards of the current HDU as they are in the file, 80 characters each,
  /// END included.
  std::string HeaderCards() const;

  /// The file as it is on disk, compressed or not.
  std::span<const std::byte> raw() const { return raw_.bytes(); }
  /// Is the file on disk FITS itself, not a gzipped one?
  bool plain() const { return plain_; }

 private:
  MappedFile raw_;
  bool plain_ = false;
  // What cfitsio reads of a gzipped file.
  Inflated inflated_;
  void* memory_ = nullptr;
  fitsfile* file_ = nullptr;
};

/// Throws when status is not 0: "<doing>: <why>", with cfitsio's message stack
/// emptied.
void CheckFits(int status, std::string_view doing);

/// Forgets whatever cfitsio noted about a failure that is none.
void ForgetFitsMessages();

/// "name.fits[2]", how a message names an HDU.
std::string HduName(const std::filesystem::path& path, int index);

}  // namespace hips
