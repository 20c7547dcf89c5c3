// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles from bytes in memory.
#include "store/tile_fits.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/every_cpu.h"
#include "base/format.h"
#include "fits/hdu.h"
#include "fits/plane.h"
#include "store/copy_pixels.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kCard = 80;
constexpr std::size_t kBlock = 2880;
// Tiles of all programs have one or two blocks of header.
constexpr std::size_t kMostHeader = 256 * kBlock;

// ---- plain tiles ----

// A primary image that this file decodes.
struct PlainImage {
  Header header;
  int width = 0;
  int height = 0;
  int bitpix = 0;
  std::size_t offset = 0;  ///< of the first pixel
};

// Where the card END stands; nothing when there is none.
std::optional<std::size_t> FindEnd(std::string_view text) {
  const std::size_t most = std::min(text.size(), kMostHeader);
  for (std::size_t at = 0; at + kCard <= most; at += kCard)
    if (text.substr(at, 8) == "END     ") return at;
  return std::nullopt;
}

// The length of an axis; 0 when it is none, or too long.
int AxisLength(const Header& header, int axis) {
  const auto length = header.Integer(Format("NAXIS{}", axis)).value_or(0);
  return length < 1 || length > kMaxTileWidth ? 0 : static_cast<int>(length);
}

bool TakeAxes(PlainImage& image) {
  const auto axes = image.header.Integer("NAXIS").value_or(0);
  if (axes < 2 || axes > 4) return false;
  for (int axis = 3; axis <= axes; ++axis)
    if (AxisLength(image.header, axis) != 1) return false;
  image.width = AxisLength(image.header, 1);
  image.height = AxisLength(image.header, 2);
  return image.width > 0 && image.height > 0;
}

// Nothing for what is left to cfitsio, which also says what is wrong with it.
std::optional<PlainImage> FindPlainImage(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              bytes.size());
  if (!text.starts_with("SIMPLE  =")) return std::nullopt;
  const auto end = FindEnd(text);
  if (!end) return std::nullopt;
  PlainImage image;
  image.header = Header::Parse(text.substr(0, *end));
  image.offset = (*end + kCard + kBlock - 1) / kBlock * kBlock;
  if (!image.header.Logical("SIMPLE").value_or(false) || !TakeAxes(image))
    return std::nullopt;
  const auto bitpix = image.header.Integer("BITPIX").value_or(0);
  for (const int known : {8, 16, 32, 64, -32, -64})
    if (bitpix == known) image.bitpix = known;
  const std::size_t data = static_cast<std::size_t>(image.width) *
                           static_cast<std::size_t>(image.height) *
                           static_cast<std::size_t>(std::abs(image.bitpix) / 8);
  if (image.bitpix == 0 || bytes.size() < image.offset ||
      bytes.size() - image.offset < data)
    return std::nullopt;
  return image;
}

// Stored value to physical value: the FITS Standard 4.0, 4.4.2.5.
struct Scaling {
  double scale = 1.0;
  double zero = 0.0;
  std::optional<std::int64_t> blank;
};

Scaling ScalingOf(const PlainImage& image) {
  Scaling scaling;
  scaling.scale = image.header.Number("BSCALE").value_or(1.0);
  scaling.zero = image.header.Number("BZERO").value_or(0.0);
  if (image.bitpix > 0) scaling.blank = image.header.Integer("BLANK");
  return scaling;
}

std::uint8_t Swap(std::uint8_t bits) { return bits; }
std::uint16_t Swap(std::uint16_t bits) { return __builtin_bswap16(bits); }
std::uint32_t Swap(std::uint32_t bits) { return __builtin_bswap32(bits); }
std::uint64_t Swap(std::uint64_t bits) { return __builtin_bswap64(bits); }

template <typename T, typename Bits>
void DecodeValues(const std::byte* from, const Scaling& scaling,
                  std::span<float> pixels) {
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    Bits bits;
    std::memcpy(&bits, from + i * sizeof bits, sizeof bits);
    const T stored = std::bit_cast<T>(Swap(bits));
    const double value =
        scaling.zero + scaling.scale * static_cast<double>(stored);
    // What float32 cannot hold is blank, as everywhere.
    pixels[i] = std::abs(value) <= double{FLT_MAX} ? static_cast<float>(value)
                                                   : kBlankPixel;
    if constexpr (std::is_integral_v<T>)
      if (scaling.blank && std::int64_t{stored} == *scaling.blank)
        pixels[i] = kBlankPixel;
  }
}

Image<float> DecodePlain(const PlainImage& image,
                         std::span<const std::byte> bytes) {
  Image<float> pixels(image.width, image.height);
  const std::byte* from = bytes.data() + image.offset;
  const Scaling scaling = ScalingOf(image);
  switch (image.bitpix) {
    case 8:
      DecodeValues<std::uint8_t, std::uint8_t>(from, scaling, pixels.pixels());
      break;
    case 16:
      DecodeValues<std::int16_t, std::uint16_t>(from, scaling, pixels.pixels());
      break;
    case 32:
      DecodeValues<std::int32_t, std::uint32_t>(from, scaling, pixels.pixels());
      break;
    case 64:
      DecodeValues<std::int64_t, std::uint64_t>(from, scaling, pixels.pixels());
      break;
    case -32:
      if (scaling.scale == 1.0 && scaling.zero == 0.0)
        CopyPixels(from, pixels.pixels());
      else
        DecodeValues<float, std::uint32_t>(from, scaling, pixels.pixels());
      break;
    default:
      DecodeValues<double, std::uint64_t>(from, scaling, pixels.pixels());
  }
  return pixels;
}

// ---- all others ----

// A nameless file in memory that has a path: what reads files reads it.
class MemoryFile {
 public:
  MemoryFile(std::span<const std::byte> bytes, std::string_view name)
      : fd_(::memfd_create("tile", MFD_CLOEXEC)) {
    if (fd_ < 0) throw IoError(std::string(name), errno);
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        const Error error = IoError(std::string(name), errno);
        ::close(fd_);
        throw error;
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::filesystem::path path() const { return Format("/proc/self/fd/{}", fd_); }

 private:
  int fd_;
};

// Runs `read` on the bytes as a file; its errors are told of `name`.
template <typename Result>
Result AsFile(std::span<const std::byte> bytes, std::string_view name,
              const std::function<Result(const std::filesystem::path&)>& read) {
  const MemoryFile file(bytes, name);
  try {
    return read(file.path());
  } catch (const Error& error) {
    std::string message = error.what();
    const std::string path = file.path().string();
    if (message.starts_with(path)) message.replace(0, path.size(), name);
    throw Error(error.kind(), message);
  }
}

[[noreturn]] void ThrowNoTile(std::string_view name) {
  throw Error(ErrorKind::kBadInput,
              Format("{}: holds no image that could be a tile: two axes of at "
                     "most {} pixels, the same for both",
                     name, kMaxTileWidth));
}

const Hdu& ImageIn(const std::vector<Hdu>& hdus, std::string_view name) {
  for (const Hdu& hdu : hdus)
    if (hdu.kind == HduKind::kImage && PixelCount(hdu) > 0) return hdu;
  ThrowNoTile(name);
}

// Of any HDU that cfitsio reads; the first plane of a cube.
Image<float> ReadPixels(const std::filesystem::path& path,
                        std::string_view name) {
  const std::vector<Hdu> hdus = ReadHdus(path);
  const Hdu& hdu = ImageIn(hdus, name);
  // Before any memory is taken for the pixels.
  if (hdu.axes.size() < 2 || hdu.axes[0] > kMaxTileWidth ||
      hdu.axes[1] > kMaxTileWidth)
    ThrowNoTile(name);
  const Plane plane = Plane::Open(
      path, hdu, {0, 1, std::vector<std::int64_t>(hdu.axes.size(), 0)});
  Image<float> pixels(plane.width(), plane.height());
  std::vector<double> row(static_cast<std::size_t>(plane.width()));
  for (int r = 0; r < plane.height(); ++r) {
    plane.ReadRow(r, row);
    std::transform(row.begin(), row.end(), pixels.row(r),
                   [](double value) { return static_cast<float>(value); });
  }
  return pixels;
}

}  // namespace

HIPS_FOR_EVERY_CPU
void CopyPixels(const std::byte* from, std::span<float> pixels) {
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, from + 4 * i, sizeof bits);
    bits = __builtin_bswap32(bits);
    const bool valid = (bits & 0x7fffffffU) < 0x7f800000U;
    pixels[i] = std::bit_cast<float>(valid ? bits : 0x7fc00000U);
  }
}

Image<float> DecodeImageFits(std::span<const std::byte> bytes,
                             std::string_view name) {
  if (const auto image = FindPlainImage(bytes))
    return DecodePlain(*image, bytes);
  return AsFile<Image<float>>(
      bytes, name, [&](const auto& path) { return ReadPixels(path, name); });
}

Image<float> DecodeTileFits(std::span<const std::byte> bytes,
                            std::string_view name) {
  Image<float> pixels = DecodeImageFits(bytes, name);
  if (pixels.width() != pixels.height()) ThrowNoTile(name);
  return pixels;
}

Header ReadTileHeader(std::span<const std::byte> bytes, std::string_view name) {
  if (auto image = FindPlainImage(bytes)) return std::move(image->header);
  return AsFile<Header>(bytes, name, [&](const auto& path) {
    return ImageIn(ReadHdus(path), name).header;
  });
}

}  // namespace hips
