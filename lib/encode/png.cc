// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/png.h"

#include <libdeflate.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "encode/deflate.h"
#include "encode/picture_room.h"
#include "encode/png_filter.h"

namespace hips {
namespace {

constexpr std::pair<PngEffort, std::string_view> kNames[] = {
    {PngEffort::kFast, "fast"},
    {PngEffort::kDefault, "default"},
    {PngEffort::kSmall, "small"},
};

// Levels of libdeflate: on filtered noise, each one from 2 to 9 takes 2 to 10
// times as long as 1 to save 2 to 5 %.
constexpr int kQuickSearch = 1;
constexpr int kLongestSearch = 12;

using Byte = std::uint8_t;
using ByteSpan = std::span<Byte>;

// ---- chunks ----

void PutBigEndian(std::uint32_t value, Byte* out) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<Byte>(value >> (24 - 8 * i));
}

// Everything but the chunk's data takes 12 bytes: length and type before it,
// checksum of type and data behind it.
constexpr std::size_t kBeforeData = 8;
constexpr std::size_t kAroundData = 12;

// Frames `size` bytes of data that stand at out + kBeforeData.
void FrameChunk(const char* type, std::size_t size, Byte* out) {
  PutBigEndian(static_cast<std::uint32_t>(size), out);
  std::memcpy(out + 4, type, 4);
  PutBigEndian(libdeflate_crc32(0, out + 4, size + 4), out + 8 + size);
}

// Appends chunks to memory that is large enough.
class ChunkWriter {
 public:
  explicit ChunkWriter(ByteSpan out) : out_(out) {
    constexpr std::array<Byte, 8> kSignature = {0x89, 'P',  'N',  'G',
                                                '\r', '\n', 0x1a, '\n'};
    std::memcpy(out_.data(), kSignature.data(), kSignature.size());
    size_ = kSignature.size();
  }

  void Put(const char* type, std::span<const Byte> data) {
    std::copy(data.begin(), data.end(), Room(data.size()).begin());
    PutRoom(type, data.size());
  }

  /// For data that the caller makes in place: the room, then the chunk.
  ByteSpan Room(std::size_t size) const {
    return out_.subspan(size_ + kBeforeData, size);
  }
  void PutRoom(const char* type, std::size_t size) {
    FrameChunk(type, size, out_.data() + size_);
    size_ += size + kAroundData;
  }

  std::span<const Byte> file() const { return out_.first(size_); }

 private:
  ByteSpan out_;
  std::size_t size_;
};

// Signature, IHDR, a full palette, tRNS, IDAT without its data, IEND.
constexpr std::size_t kAroundPixels = 8 + (13 + kAroundData) +
                                      (768 + kAroundData) + (2 + kAroundData) +
                                      kAroundData + kAroundData;

void PutHeader(int width, int height, int color_type, ChunkWriter& chunks) {
  std::array<Byte, 13> header = {};
  PutBigEndian(static_cast<std::uint32_t>(width), header.data());
  PutBigEndian(static_cast<std::uint32_t>(height), header.data() + 4);
  header[8] = 8;
  header[9] = static_cast<Byte>(color_type);
  chunks.Put("IHDR", header);
}

// Level 0 transparent: the grey value, or the first entry of the palette.
void PutColours(const ColorMap& map, bool grey, ChunkWriter& chunks) {
  constexpr std::array<Byte, 2> kTransparent = {0, 0};
  if (grey) {
    chunks.Put("tRNS", kTransparent);
    return;
  }
  std::array<Byte, 768> palette = {};
  for (std::size_t level = 1; level < 256; ++level) {
    const Rgb& colour = map.colours[level];
    palette[3 * level] = colour.r;
    palette[3 * level + 1] = colour.g;
    palette[3 * level + 2] = colour.b;
  }
  chunks.Put("PLTE", palette);
  chunks.Put("tRNS", std::span(kTransparent).first(1));
}

// ---- compression ----

struct Destroyer {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};
using Compressor = std::unique_ptr<libdeflate_compressor, Destroyer>;

Compressor MakeCompressor(int level) {
  Compressor compressor(libdeflate_alloc_compressor(level));
  if (!compressor) throw Error(ErrorKind::kIo, "libdeflate does not start");
  return compressor;
}

std::size_t Deflate(libdeflate_compressor* compressor,
                    std::span<const Byte> data, ByteSpan out) {
  const std::size_t size = libdeflate_zlib_compress(
      compressor, data.data(), data.size(), out.data(), out.size());
  if (size == 0)
    throw Error(ErrorKind::kIo, "libdeflate could not encode a tile");
  return size;
}

// Enough for either compressor, whatever the data.
std::size_t StreamBound(std::size_t size) {
  return std::max(ZlibRunsBound(size),
                  libdeflate_zlib_compress_bound(nullptr, size));
}

// What one thread keeps from picture to picture.
struct Workshop {
  PictureRoom filtered;
  PictureRoom file;
  Compressor quick;
  Compressor longest;

  static Workshop& OfThisThread() {
    thread_local Workshop workshop;
    return workshop;
  }
};

std::size_t CompressFast(const Image<Byte>& levels, ByteSpan filtered,
                         ByteSpan out) {
  FilterImage(levels, PngFilter::kPaeth, filtered);
  return ZlibRuns(filtered, out);
}

std::size_t CompressQuick(const Image<Byte>& levels, ByteSpan filtered,
                          libdeflate_compressor* quick, ByteSpan out) {
  FilterImage(levels, PngFilter::kUp, filtered);
  return Deflate(quick, filtered, out);
}

// A quick search tells which filter to take: on the few tiles tried, of noise
// at 1.5", it and the long one put the filters in the same order.
std::size_t CompressSmall(const Image<Byte>& levels, ByteSpan filtered,
                          const Workshop& workshop, ByteSpan out) {
  std::vector<Byte> best(filtered.size());
  std::size_t smallest = 0;
  const auto compare = [&] {
    const std::size_t size = Deflate(workshop.quick.get(), filtered, out);
    if (smallest != 0 && size >= smallest) return;
    smallest = size;
    std::copy(filtered.begin(), filtered.end(), best.begin());
  };
  for (const PngFilter filter :
       {PngFilter::kUp, PngFilter::kPaeth, PngFilter::kSub, PngFilter::kAverage,
        PngFilter::kNone}) {
    FilterImage(levels, filter, filtered);
    compare();
  }
  FilterRowsBySum(levels, filtered);
  compare();
  return Deflate(workshop.longest.get(), best, out);
}

std::size_t Compress(const Image<Byte>& levels, PngEffort effort,
                     Workshop& workshop, ByteSpan out) {
  const ByteSpan filtered = workshop.filtered.Room(FilteredSize(levels));
  if (effort == PngEffort::kFast) return CompressFast(levels, filtered, out);
  if (!workshop.quick) workshop.quick = MakeCompressor(kQuickSearch);
  if (effort == PngEffort::kDefault)
    return CompressQuick(levels, filtered, workshop.quick.get(), out);
  if (!workshop.longest) workshop.longest = MakeCompressor(kLongestSearch);
  return CompressSmall(levels, filtered, workshop, out);
}

template <typename Pixel>
void CheckEncodable(const Image<Pixel>& pixels) {
  if (pixels.empty() || pixels.width() > kMaxPictureSide ||
      pixels.height() > kMaxPictureSide)
    throw Error(ErrorKind::kUsage, Format("a PNG of {} x {} pixels",
                                          pixels.width(), pixels.height()));
}

// ---- colours ----

// The samples of each row, red first, without the alpha when nothing is
// transparent.
Image<Byte> SamplesOf(const Image<Rgba>& pixels, int channels) {
  Image<Byte> samples(channels * pixels.width(), pixels.height());
  const auto step = static_cast<std::size_t>(channels);
  Byte* out = samples.data();
  for (const Rgba& pixel : pixels.pixels()) {
    std::memcpy(out, &pixel, step);
    out += step;
  }
  return samples;
}

// The filter looks one byte up, so it need not know of channels.
std::size_t CompressColours(const Image<Byte>& samples, PngEffort effort,
                            Workshop& workshop, ByteSpan out) {
  const ByteSpan filtered = workshop.filtered.Room(FilteredSize(samples));
  FilterImage(samples, PngFilter::kUp, filtered);
  auto& compressor =
      effort == PngEffort::kSmall ? workshop.longest : workshop.quick;
  if (!compressor)
    compressor = MakeCompressor(effort == PngEffort::kSmall ? kLongestSearch
                                                            : kQuickSearch);
  return Deflate(compressor.get(), filtered, out);
}

// ---- decoding ----

struct ImageGuard {
  png_image image = {};
  ~ImageGuard() { png_image_free(&image); }

  [[noreturn]] void Fail() const {
    throw Error(ErrorKind::kBadInput,
                Format("not a usable PNG: {}", image.message));
  }
};

}  // namespace

PngEffort ParsePngEffort(std::string_view text) {
  const std::string word = Lower(Trim(text));
  for (const auto& [effort, name] : kNames)
    if (word == name) return effort;
  const std::vector<std::string> names = PngEffortNames();
  const auto near = NearMiss(word, names);
  throw Error(
      ErrorKind::kUsage,
      near ? Format("unknown PNG effort '{}'; did you mean '{}'?", text, *near)
           : Format("unknown PNG effort '{}'; known: {}", text,
                    fmt::join(names, ", ")));
}

std::string PngEffortName(PngEffort effort) {
  for (const auto& [known, name] : kNames)
    if (effort == known) return std::string(name);
  return "";
}

std::vector<std::string> PngEffortNames() {
  std::vector<std::string> names;
  for (const auto& [effort, name] : kNames) names.emplace_back(name);
  return names;
}

Bytes EncodePng(const Image<std::uint8_t>& levels, const ColorMap& map,
                PngOptions options) {
  Bytes bytes;
  EncodePngInto(levels, map, options, bytes);
  return bytes;
}

void EncodePngInto(const Image<std::uint8_t>& levels, const ColorMap& map,
                   PngOptions options, Bytes& bytes) {
  CheckEncodable(levels);
  Workshop& workshop = Workshop::OfThisThread();
  const std::size_t bound = StreamBound(FilteredSize(levels));
  ChunkWriter chunks(workshop.file.Room(kAroundPixels + bound));
  const bool grey = map.IsGrey();
  PutHeader(levels.width(), levels.height(),
            grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_PALETTE, chunks);
  PutColours(map, grey, chunks);
  const std::size_t size =
      Compress(levels, options.effort, workshop, chunks.Room(bound));
  chunks.PutRoom("IDAT", size);
  chunks.Put("IEND", {});
  const auto file = std::as_bytes(chunks.file());
  bytes.assign(file.begin(), file.end());
  workshop.filtered.Trim();
  workshop.file.Trim();
}

Bytes EncodePng(const Image<Rgba>& pixels, PngOptions options) {
  CheckEncodable(pixels);
  const bool opaque =
      std::all_of(pixels.pixels().begin(), pixels.pixels().end(),
                  [](const Rgba& pixel) { return pixel.a == 255; });
  const Image<Byte> samples = SamplesOf(pixels, opaque ? 3 : 4);
  Workshop& workshop = Workshop::OfThisThread();
  const std::size_t bound = StreamBound(FilteredSize(samples));
  ChunkWriter chunks(workshop.file.Room(kAroundPixels + bound));
  PutHeader(pixels.width(), pixels.height(),
            opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA, chunks);
  const std::size_t size =
      CompressColours(samples, options.effort, workshop, chunks.Room(bound));
  chunks.PutRoom("IDAT", size);
  chunks.Put("IEND", {});
  const auto file = std::as_bytes(chunks.file());
  Bytes bytes(file.begin(), file.end());
  workshop.filtered.Trim();
  workshop.file.Trim();
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
