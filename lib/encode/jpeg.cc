// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/jpeg.h"

#include <turbojpeg.h>

#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

struct Destroyer {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, Destroyer>;

void CheckEncodable(int width, int height, int quality) {
  if (width < 1 || height < 1 || width > kMaxPictureSide ||
      height > kMaxPictureSide)
    throw Error(ErrorKind::kUsage,
                Format("a JPEG of {} x {} pixels", width, height));
  if (quality < 1 || quality > 100)
    throw Error(ErrorKind::kUsage,
                Format("JPEG quality {}; use 1 to 100", quality));
}

struct PixelLayout {
  int format;
  int subsampling;
};
constexpr PixelLayout kGreyLayout = {TJPF_GRAY, TJSAMP_GRAY};
constexpr PixelLayout kColourLayout = {TJPF_RGBX, TJSAMP_444};

Bytes Compress(const void* pixels, int width, int height, PixelLayout layout,
               int quality) {
  CheckEncodable(width, height, quality);
  const Handle handle(tjInitCompress());
  if (!handle) throw Error(ErrorKind::kIo, "libjpeg-turbo does not start");
  Bytes bytes(tjBufSize(width, height, layout.subsampling));
  auto* target = reinterpret_cast<unsigned char*>(bytes.data());
  unsigned long size = bytes.size();
  // The accurate transform gives the same bytes with and without SIMD.
  // Bottom-up is FITS's order of rows; the library flips.
  const int flags = TJFLAG_BOTTOMUP | TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC;
  if (tjCompress2(handle.get(), static_cast<const unsigned char*>(pixels),
                  width, 0, height, layout.format, &target, &size,
                  layout.subsampling, quality, flags) != 0)
    throw Error(ErrorKind::kIo, Format("libjpeg-turbo could not encode: {}",
                                       tjGetErrorStr2(handle.get())));
  bytes.resize(size);
  return bytes;
}

[[noreturn]] void FailDecoding(const Handle& handle) {
  throw Error(ErrorKind::kBadInput,
              Format("not a usable JPEG: {}", tjGetErrorStr2(handle.get())));
}

}  // namespace

Bytes EncodeJpeg(const Image<std::uint8_t>& levels, const ColorMap& map,
                 int quality) {
  if (map.IsGrey())
    return Compress(levels.data(), levels.width(), levels.height(), kGreyLayout,
                    quality);
  Image<Rgba> pixels(levels.width(), levels.height());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::uint8_t level = levels.pixels()[i];
    const Rgb colour = level == 0 ? Rgb{} : map.colours[level];
    pixels.pixels()[i] = {colour.r, colour.g, colour.b, 255};
  }
  return EncodeJpeg(pixels, quality);
}

Bytes EncodeJpeg(const Image<Rgba>& pixels, int quality) {
  return Compress(pixels.data(), pixels.width(), pixels.height(), kColourLayout,
                  quality);
}

Picture DecodeJpeg(std::span<const std::byte> bytes) {
  const Handle handle(tjInitDecompress());
  if (!handle) throw Error(ErrorKind::kIo, "libjpeg-turbo does not start");
  const auto* source = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colorspace = 0;
  if (tjDecompressHeader3(handle.get(), source, bytes.size(), &width, &height,
                          &subsampling, &colorspace) != 0)
    FailDecoding(handle);
  if (width < 1 || height < 1 || width > kMaxPictureSide ||
      height > kMaxPictureSide)
    throw Error(ErrorKind::kBadInput,
                Format("a JPEG of {} x {} pixels", width, height));
  Picture picture;
  picture.channels = colorspace == TJCS_GRAY ? 1 : 3;
  picture.pixels = Image<Rgba>(width, height);
  // A scan limit, against files that decode for hours.
  if (tjDecompress2(handle.get(), source, bytes.size(),
                    reinterpret_cast<unsigned char*>(picture.pixels.data()),
                    width, 0, height, TJPF_RGBA,
                    TJFLAG_BOTTOMUP | TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) !=
      0)
    FailDecoding(handle);
  return picture;
}

}  // namespace hips
