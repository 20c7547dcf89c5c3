// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/fits_bytes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "fits/write.h"

namespace hips {
namespace {

constexpr std::size_t kCard = 80;
constexpr std::size_t kBlock = 2880;
constexpr std::int64_t kWidest = 8192;
constexpr int kMostAxes = 999;

Error Bad(const std::string& message) {
  return Error(ErrorKind::kBadInput, message);
}

std::size_t RoundUp(std::size_t size) {
  return (size + kBlock - 1) / kBlock * kBlock;
}

// Bytes of the header that starts `bytes`, in whole blocks.
std::size_t HeaderSize(std::string_view bytes) {
  for (std::size_t at = 0; at + kCard <= bytes.size(); at += kCard)
    if (Trim(bytes.substr(at, kCard)) == "END")
      return std::min(RoundUp(at + kCard), bytes.size());
  throw Bad("a FITS header without END");
}

std::int64_t Axis(const Header& header, const std::string& key) {
  const auto value = header.Integer(key);
  if (!value || *value < 0) throw Bad("no usable card " + key);
  return *value;
}

std::int64_t Product(std::int64_t a, std::int64_t b) {
  if (a != 0 && b > std::numeric_limits<std::int64_t>::max() / a)
    throw Bad("axes larger than any file");
  return a * b;
}

// FITS Standard 4.0, 4.4.1: |BITPIX| * GCOUNT * (PCOUNT + NAXIS1 * ...) bits.
std::int64_t DataSize(const Header& header) {
  const std::int64_t naxis = Axis(header, "NAXIS");
  if (naxis == 0) return 0;
  if (naxis > kMostAxes) throw Bad("NAXIS is no number of axes");
  std::int64_t count = 1;
  for (std::int64_t i = 1; i <= naxis; ++i)
    count = Product(count, Axis(header, Format("NAXIS{}", i)));
  const std::int64_t extra = header.Integer("PCOUNT").value_or(0);
  const std::int64_t groups = header.Integer("GCOUNT").value_or(1);
  const std::int64_t bits = header.Integer("BITPIX").value_or(0);
  constexpr std::int64_t kMostBits = 64;
  if (extra < 0 || groups < 0 || bits < -kMostBits || bits > kMostBits)
    throw Bad("BITPIX, PCOUNT or GCOUNT out of range");
  if (extra > std::numeric_limits<std::int64_t>::max() - count)
    throw Bad("axes larger than any file");
  return Product(Product(count + extra, groups), std::abs(bits) / 8);
}

// The sum over whole words; bytes missing at the end count as zero.
std::uint32_t Sum(std::string_view bytes, std::uint32_t start) {
  const std::size_t whole = bytes.size() / 4 * 4;
  const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
  std::uint32_t sum = FitsChecksum({data, whole}, start);
  if (whole < bytes.size()) {
    std::array<std::byte, 4> last{};
    std::copy(data + whole, data + bytes.size(), last.begin());
    sum = FitsChecksum(last, sum);
  }
  return sum;
}

// Big-endian value of type T at `at`.
template <typename T, typename Bits>
T Load(std::string_view data, std::size_t at) {
  Bits bits = 0;
  for (std::size_t i = 0; i < sizeof(Bits); ++i)
    bits = static_cast<Bits>(std::uint64_t{bits} << 8 |
                             static_cast<unsigned char>(data[at + i]));
  return std::bit_cast<T>(bits);
}

double LoadPixel(std::string_view data, std::size_t at, int bitpix) {
  switch (bitpix) {
    case 8:
      return static_cast<unsigned char>(data[at]);
    case 16:
      return Load<std::int16_t, std::uint16_t>(data, at);
    case 32:
      return Load<std::int32_t, std::uint32_t>(data, at);
    case 64:
      return static_cast<double>(Load<std::int64_t, std::uint64_t>(data, at));
    case -32:
      return static_cast<double>(Load<float, std::uint32_t>(data, at));
    case -64:
      return Load<double, std::uint64_t>(data, at);
    default:
      throw Bad(Format("BITPIX {} does not exist", bitpix));
  }
}

}  // namespace

std::vector<HduView> SplitHdus(std::string_view bytes) {
  if (!bytes.starts_with("SIMPLE  =")) throw Bad("no FITS file");
  std::vector<HduView> hdus;
  while (!bytes.empty() && (hdus.empty() || bytes.starts_with("XTENSION="))) {
    HduView hdu;
    hdu.header_bytes = bytes.substr(0, HeaderSize(bytes));
    hdu.header = Header::Parse(hdu.header_bytes);
    bytes.remove_prefix(hdu.header_bytes.size());
    const std::int64_t size = DataSize(hdu.header);
    if (static_cast<std::uint64_t>(size) > bytes.size())
      throw Bad(Format("{} bytes of data, the header of HDU {} says {}",
                       bytes.size(), hdus.size(), size));
    hdu.data = bytes.substr(0, static_cast<std::size_t>(size));
    bytes.remove_prefix(
        std::min(RoundUp(static_cast<std::size_t>(size)), bytes.size()));
    hdus.push_back(std::move(hdu));
  }
  return hdus;
}

std::string ChecksumFlaw(const HduView& hdu) {
  const std::uint32_t sum = Sum(hdu.data, 0);
  const auto text = hdu.header.Text("DATASUM");
  const auto declared =
      text ? ParseInteger(*text) : hdu.header.Integer("DATASUM");
  if (declared && *declared != std::int64_t{sum})
    return Format("DATASUM says {}, the data sum to {}", *declared, sum);
  const auto checksum = hdu.header.Text("CHECKSUM");
  if (!checksum || Trim(*checksum).empty()) return "";
  // The whole HDU sums to all ones (minus zero); Standard 4.4.2.7.
  const std::uint32_t all = Sum(hdu.header_bytes, sum);
  if (all != 0xFFFFFFFFU && all != 0)
    return "CHECKSUM does not bring the sum of the HDU to zero";
  return "";
}

TileShape ShapeOf(const std::vector<HduView>& hdus) {
  for (std::size_t i = 0; i < hdus.size(); ++i) {
    const Header& header = hdus[i].header;
    TileShape shape;
    shape.hdu = i;
    shape.compressed = header.Logical("ZIMAGE").value_or(false);
    const std::string z = shape.compressed ? "Z" : "";
    if (!shape.compressed && i > 0 && header.Text("XTENSION") != "IMAGE")
      continue;
    const std::int64_t naxis = header.Integer(z + "NAXIS").value_or(0);
    if (naxis < 2 || naxis > kMostAxes) continue;
    shape.bitpix = static_cast<int>(header.Integer(z + "BITPIX").value_or(0));
    shape.width = Axis(header, z + "NAXIS1");
    shape.height = Axis(header, z + "NAXIS2");
    for (std::int64_t axis = 3; axis <= naxis; ++axis)
      shape.depth =
          Product(shape.depth, Axis(header, Format("{}NAXIS{}", z, axis)));
    return shape;
  }
  throw Bad("no image in the file");
}

Image<double> DecodePixels(const std::vector<HduView>& hdus) {
  const TileShape shape = ShapeOf(hdus);
  if (shape.compressed) throw Bad("tile-compressed pixels");
  if (shape.width > kWidest || shape.height > kWidest)
    throw Bad(Format("{} x {} pixels; no tile is wider than {}", shape.width,
                     shape.height, kWidest));
  const HduView& hdu = hdus[shape.hdu];
  const double scale = hdu.header.Number("BSCALE").value_or(1.0);
  const double zero = hdu.header.Number("BZERO").value_or(0.0);
  // Hipsgen writes BLANK as a real number, so it is read as one.
  const auto blank =
      shape.bitpix > 0 ? hdu.header.Number("BLANK") : std::nullopt;
  Image<double> image(static_cast<int>(shape.width),
                      static_cast<int>(shape.height));
  const auto bytes = static_cast<std::size_t>(std::abs(shape.bitpix) / 8);
  if (image.size() * bytes > hdu.data.size())
    throw Bad("the data are shorter than the picture");
  std::size_t at = 0;
  for (double& pixel : image.pixels()) {
    const double stored = LoadPixel(hdu.data, at, shape.bitpix);
    pixel = blank && stored == *blank ? std::numeric_limits<double>::quiet_NaN()
                                      : zero + scale * stored;
    at += bytes;
  }
  return image;
}

double StoredStep(const Header& header) {
  if (header.Integer("BITPIX").value_or(0) < 0) return 0.0;
  return std::abs(header.Number("BSCALE").value_or(1.0));
}

}  // namespace hips
