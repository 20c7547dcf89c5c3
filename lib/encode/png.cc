// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/png.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

// Where libpng writes to. The room is made before the first call, since no
// exception may cross libpng's frames.
struct Sink {
  std::byte* data;
  std::size_t capacity;
  std::size_t size;
};

void WriteToSink(png_structp png, png_bytep data, std::size_t size) {
  auto* sink = static_cast<Sink*>(png_get_io_ptr(png));
  if (size > sink->capacity - sink->size) png_error(png, "buffer too small");
  std::memcpy(sink->data + sink->size, data, size);
  sink->size += size;
}

void FlushSink(png_structp) {}

[[noreturn]] void JumpOut(png_structp png, png_const_charp) {
  png_longjmp(png, 1);
}

void IgnoreWarning(png_structp, png_const_charp) {}

struct Job {
  const Image<std::uint8_t>* levels;
  const ColorMap* map;
  int compression;
  bool grey;
};

void WriteHeader(png_structp png, png_infop info, const Job& job) {
  png_set_IHDR(png, info, static_cast<png_uint_32>(job.levels->width()),
               static_cast<png_uint_32>(job.levels->height()), 8,
               job.grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_PALETTE,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (job.grey) {
    png_color_16 blank = {};
    png_set_tRNS(png, info, nullptr, 0, &blank);
  } else {
    std::array<png_color, 256> palette;
    for (std::size_t i = 0; i < palette.size(); ++i) {
      const Rgb& colour = job.map->colours[i];
      palette[i] = {colour.r, colour.g, colour.b};
    }
    palette[0] = {0, 0, 0};
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    const png_byte blank = 0;
    png_set_tRNS(png, info, &blank, 1, nullptr);
  }
  png_write_info(png, info);
}

// False when libpng failed. Holds nothing that needs a destructor: an error
// jumps out of it.
bool WritePng(png_structp png, png_infop info, const Job& job) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_compression_level(png, job.compression);
  // Neighbours above are the best guess for both noise and smooth sky; one
  // fixed filter is five times cheaper than trying all.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  WriteHeader(png, info, job);
  // PNG rows run top-down, FITS rows bottom-up; flipped here only.
  for (int row = job.levels->height() - 1; row >= 0; --row)
    png_write_row(png, job.levels->row(row));
  png_write_end(png, info);
  return true;
}

void CheckEncodable(const Image<std::uint8_t>& levels, PngOptions options) {
  if (levels.empty() || levels.width() > kMaxPictureSide ||
      levels.height() > kMaxPictureSide)
    throw Error(ErrorKind::kUsage, Format("a PNG of {} x {} pixels",
                                          levels.width(), levels.height()));
  if (options.level < 0 || options.level > 9)
    throw Error(ErrorKind::kUsage,
                Format("PNG compression level {}; use 0 to 9", options.level));
}

// More than stored, incompressible data takes, with every chunk around it.
std::size_t LargestSize(const Image<std::uint8_t>& levels) {
  const std::size_t raw =
      levels.size() + static_cast<std::size_t>(levels.height());
  return raw + raw / 100 + 16384;
}

struct ImageGuard {
  png_image image = {};
  ~ImageGuard() { png_image_free(&image); }

  [[noreturn]] void Fail() const {
    throw Error(ErrorKind::kBadInput,
                Format("not a usable PNG: {}", image.message));
  }
};

}  // namespace

Bytes EncodePng(const Image<std::uint8_t>& levels, const ColorMap& map,
                PngOptions options) {
  CheckEncodable(levels, options);
  Bytes bytes(LargestSize(levels));
  Sink sink{bytes.data(), bytes.size(), 0};
  const Job job{&levels, &map, options.level, map.IsGrey()};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr,
                                            JumpOut, IgnoreWarning);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  bool written = false;
  if (info != nullptr) {
    png_set_write_fn(png, &sink, WriteToSink, FlushSink);
    written = WritePng(png, info, job);
  }
  png_destroy_write_struct(&png, &info);
  if (!written) throw Error(ErrorKind::kIo, "libpng could not encode a tile");
  bytes.resize(sink.size);
  return bytes;
}

Picture DecodePng(std::span<const std::byte> bytes) {
  ImageGuard guard;
  png_image& image = guard.image;
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
    guard.Fail();
  if (image.width > kMaxPictureSide || image.height > kMaxPictureSide)
    throw Error(ErrorKind::kBadInput,
                Format("a PNG of {} x {} pixels", image.width, image.height));
  Picture picture;
  const bool colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
  const bool alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  picture.channels = (colour ? 3 : 1) + (alpha ? 1 : 0);
  picture.palette = (image.format & PNG_FORMAT_FLAG_COLORMAP) != 0;
  picture.pixels = Image<Rgba>(static_cast<int>(image.width),
                               static_cast<int>(image.height));
  image.format = PNG_FORMAT_RGBA;
  static_assert(sizeof(Rgba) == 4);
  // A negative stride stores the top row last.
  if (!png_image_finish_read(&image, nullptr, picture.pixels.data(),
                             -static_cast<png_int_32>(image.width * 4),
                             nullptr))
    guard.Fail();
  return picture;
}

}  // namespace hips
