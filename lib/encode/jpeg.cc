// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/jpeg.h"

#include <turbojpeg.h>

#include <array>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/format.h"
#include "encode/picture_room.h"

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

// What one thread keeps from picture to picture.
struct Workshop {
  Handle handle;
  PictureRoom colours;
  PictureRoom file;

  static Workshop& OfThisThread() {
    thread_local Workshop workshop;
    return workshop;
  }
};

void Compress(const void* pixels, int width, int height, PixelLayout layout,
              int quality, Bytes& bytes) {
  Workshop& workshop = Workshop::OfThisThread();
  if (!workshop.handle) workshop.handle.reset(tjInitCompress());
  void* handle = workshop.handle.get();
  if (handle == nullptr)
    throw Error(ErrorKind::kIo, "libjpeg-turbo does not start");
  const auto file =
      workshop.file.Room(tjBufSize(width, height, layout.subsampling));
  unsigned char* target = file.data();
  unsigned long size = file.size();
  // The accurate transform gives the same bytes with and without SIMD.
  // Bottom-up is FITS's order of rows; the library flips.
  const int flags = TJFLAG_BOTTOMUP | TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC;
  if (tjCompress2(handle, static_cast<const unsigned char*>(pixels), width, 0,
                  height, layout.format, &target, &size, layout.subsampling,
                  quality, flags) != 0)
    throw Error(ErrorKind::kIo, Format("libjpeg-turbo could not encode: {}",
                                       tjGetErrorStr2(handle)));
  const auto jpeg = std::as_bytes(file.first(size));
  bytes.assign(jpeg.begin(), jpeg.end());
  workshop.file.Trim();
}

// Blank is black whatever the map says.
void PutColours(std::span<const std::uint8_t> levels, const ColorMap& map,
                unsigned char* out) {
  std::array<Rgba, 256> colours;
  colours[0] = {0, 0, 0, 255};
  for (std::size_t level = 1; level < colours.size(); ++level) {
    const Rgb& colour = map.colours[level];
    colours[level] = {colour.r, colour.g, colour.b, 255};
  }
  for (const std::uint8_t level : levels) {
    std::memcpy(out, &colours[level], sizeof(Rgba));
    out += sizeof(Rgba);
  }
}

[[noreturn]] void FailDecoding(const Handle& handle) {
  throw Error(ErrorKind::kBadInput,
              Format("not a usable JPEG: {}", tjGetErrorStr2(handle.get())));
}

}  // namespace

Bytes EncodeJpeg(const Image<std::uint8_t>& levels, const ColorMap& map,
                 int quality) {
  Bytes bytes;
  EncodeJpegInto(levels, map, quality, bytes);
  return bytes;
}

void EncodeJpegInto(const Image<std::uint8_t>& levels, const ColorMap& map,
                    int quality, Bytes& bytes) {
  const int width = levels.width();
  const int height = levels.height();
  CheckEncodable(width, height, quality);
  if (map.IsGrey()) {
    Compress(levels.data(), width, height, kGreyLayout, quality, bytes);
    return;
  }
  PictureRoom& scratch = Workshop::OfThisThread().colours;
  const auto pixels = scratch.Room(levels.size() * sizeof(Rgba));
  PutColours(levels.pixels(), map, pixels.data());
  Compress(pixels.data(), width, height, kColourLayout, quality, bytes);
  scratch.Trim();
}

Bytes EncodeJpeg(const Image<Rgba>& pixels, int quality) {
  CheckEncodable(pixels.width(), pixels.height(), quality);
  Bytes bytes;
  Compress(pixels.data(), pixels.width(), pixels.height(), kColourLayout,
           quality, bytes);
  return bytes;
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
