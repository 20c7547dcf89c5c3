// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/hdu.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "fits/compressed_header.h"
#include "fits/fits_handle.h"

namespace hips {
namespace {

HduKind KindOf(const FitsHandle& file, const Hdu& hdu) {
  int type = IMAGE_HDU;
  int status = 0;
  fits_get_hdu_type(file.get(), &type, &status);
  CheckFits(status, "cannot read the header");
  if (type != IMAGE_HDU) return HduKind::kTable;
  const bool groups = hdu.header.Logical("GROUPS").value_or(false) &&
                      !hdu.axes.empty() && hdu.axes[0] == 0;
  return groups ? HduKind::kRandomGroups : HduKind::kImage;
}

bool IsTileCompressed(const FitsHandle& file) {
  int status = 0;
  return fits_is_compressed_image(file.get(), &status) != 0;
}

int ReadBitpix(const Header& header) {
  const auto bitpix = header.Integer("BITPIX");
  for (const int legal : {8, 16, 32, 64, -32, -64})
    if (bitpix == legal) return legal;
  throw Error(ErrorKind::kBadInput,
              "BITPIX is missing or none of 8, 16, 32, 64, -32, -64");
}

std::vector<std::int64_t> ReadAxes(const Header& header) {
  const auto count = header.Integer("NAXIS");
  if (!count || *count < 0 || *count > 999)
    throw Error(ErrorKind::kBadInput, "NAXIS is missing or out of range");
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 1; i <= *count; ++i) {
    const auto length = header.Integer(Format("NAXIS{}", i));
    if (!length || *length < 0)
      throw Error(ErrorKind::kBadInput,
                  Format("NAXIS{} is missing or negative", i));
    axes.push_back(*length);
  }
  return axes;
}

bool IsScaled(const Hdu& hdu) {
  return hdu.header.Number("BSCALE").value_or(1.0) != 1.0 ||
         hdu.header.Number("BZERO").value_or(0.0) != 0.0 ||
         (hdu.bitpix > 0 && hdu.header.Integer("BLANK"));
}

// start times all axes, or nothing when that overflows.
std::optional<std::int64_t> Product(std::int64_t start,
                                    const std::vector<std::int64_t>& axes) {
  if (std::find(axes.begin(), axes.end(), 0) != axes.end()) return 0;
  for (const std::int64_t axis : axes)
    if (__builtin_mul_overflow(start, axis, &start)) return std::nullopt;
  return start;
}

// Bytes of the data unit without padding, or nothing when that overflows.
// What the axes of the HDU on disk say: a compressed image is a table there.
std::optional<std::int64_t> DataBytes(const Hdu& hdu, const FitsHandle& file) {
  std::int64_t bytes = std::abs(hdu.bitpix) / 8;
  std::int64_t heap = 0;
  std::vector<std::int64_t> axes = hdu.axes;
  if (IsTileCompressed(file) || hdu.kind == HduKind::kTable) {
    LONGLONG width = 0, rows = 0, extra = 0;
    int status = 0;
    fits_read_key_lnglng(file.get(), "NAXIS1", &width, nullptr, &status);
    fits_read_key_lnglng(file.get(), "NAXIS2", &rows, nullptr, &status);
    fits_read_key_lnglng(file.get(), "PCOUNT", &extra, nullptr, &status);
    CheckFits(status, "cannot read the size of the table");
    axes = {width, rows};
    heap = extra;
    bytes = 1;
  }
  if (axes.empty() || hdu.kind == HduKind::kRandomGroups) return 0;
  const auto total = Product(bytes, axes);
  if (!total || __builtin_add_overflow(*total, heap, &bytes))
    return std::nullopt;
  return bytes;
}

std::int64_t DataStart(const FitsHandle& file) {
  LONGLONG start = 0;
  int status = 0;
  fits_get_hduaddrll(file.get(), nullptr, &start, nullptr, &status);
  CheckFits(status, "cannot find the data");
  return start;
}

Hdu Describe(const FitsHandle& file, int index) {
  Hdu hdu;
  hdu.index = index;
  hdu.header = Header::Parse(file.HeaderCards());
  if (IsTileCompressed(file)) hdu.header = ImageInside(hdu.header);
  hdu.name = hdu.header.Text("EXTNAME").value_or("");
  hdu.bitpix = ReadBitpix(hdu.header);
  hdu.axes = ReadAxes(hdu.header);
  hdu.kind = KindOf(file, hdu);
  hdu.scaled = hdu.kind == HduKind::kImage && IsScaled(hdu);
  hdu.compressed = !file.plain() || IsTileCompressed(file);

  const auto bytes = DataBytes(hdu, file);
  if (!bytes || !Product(8, hdu.axes))
    throw Error(ErrorKind::kBadInput,
                "the axes promise more bytes than any file can hold");
  if (!file.plain()) {
    hdu.data_offset = -1;
    return hdu;
  }
  const std::int64_t start = DataStart(file);
  const auto there = static_cast<std::int64_t>(file.raw().size()) - start;
  hdu.missing_bytes =
      std::max<std::int64_t>(0, *bytes - std::max<std::int64_t>(0, there));
  hdu.data_offset = hdu.compressed ? -1 : start;
  return hdu;
}

// Does an extension follow the current HDU of a plain file? Bytes that do not
// start one are junk, or "special records", and end the file.
bool ExtensionFollows(const FitsHandle& file) {
  constexpr std::string_view kStart = "XTENSION";
  LONGLONG end = 0;
  int status = 0;
  fits_get_hduaddrll(file.get(), nullptr, nullptr, &end, &status);
  CheckFits(status, "cannot find the end of the data");
  const auto place = static_cast<std::size_t>(end);
  return place + kStart.size() <= file.raw().size() &&
         std::memcmp(file.raw().data() + place, kStart.data(), kStart.size()) ==
             0;
}

// The same for a gzipped file, whose bytes cfitsio keeps to itself.
bool MoveToNextPacked(const FitsHandle& file) {
  int status = 0;
  fits_movrel_hdu(file.get(), 1, nullptr, &status);
  if (status == END_OF_FILE || status == UNKNOWN_REC) {
    ForgetFitsMessages();
    return false;
  }
  CheckFits(status, "cannot read the header");
  return true;
}

bool MoveToNext(FitsHandle& file, int index) {
  if (!file.plain()) return MoveToNextPacked(file);
  if (!ExtensionFollows(file)) return false;
  file.MoveTo(index);
  return true;
}

}  // namespace

std::vector<Hdu> ReadHdus(const std::filesystem::path& path) {
  FitsHandle file(path);
  std::vector<Hdu> hdus;
  int index = 0;
  try {
    do {
      hdus.push_back(Describe(file, index));
    } while (MoveToNext(file, ++index));
  } catch (const Error& error) {
    throw error.In(HduName(path, index));
  }
  return hdus;
}

std::int64_t PixelCount(const Hdu& hdu) {
  if (hdu.axes.empty() || hdu.kind != HduKind::kImage) return 0;
  std::int64_t count = 1;
  for (const std::int64_t axis : hdu.axes) {
    if (axis == 0) return 0;
    count *= axis;
  }
  return count;
}

}  // namespace hips
