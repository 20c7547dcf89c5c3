// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/plane.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "fits/fits_handle.h"
#include "fits/write.h"

namespace hips {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::uint16_t Swap(std::uint16_t bits) { return __builtin_bswap16(bits); }
std::uint32_t Swap(std::uint32_t bits) { return __builtin_bswap32(bits); }
std::uint64_t Swap(std::uint64_t bits) { return __builtin_bswap64(bits); }
std::uint8_t Swap(std::uint8_t bits) { return bits; }

// One big-endian value of a FITS file as a native T.
template <typename T, typename Bits>
T Load(const std::byte* place) {
  Bits bits;
  std::memcpy(&bits, place, sizeof bits);
  if constexpr (std::endian::native == std::endian::little) bits = Swap(bits);
  return std::bit_cast<T>(bits);
}

// NaN unless the value fits a float32: false for NaN and infinities too.
bool IsUsable(double value) { return std::abs(value) <= double{FLT_MAX}; }

float ToFloat(double value) {
  return IsUsable(value) ? static_cast<float>(value) : kNaN;
}

std::size_t AxisLength(const Hdu& hdu, int axis) {
  return static_cast<std::size_t>(hdu.axes[static_cast<std::size_t>(axis)]);
}

std::size_t PixelBytes(const Hdu& hdu) {
  return static_cast<std::size_t>(std::abs(hdu.bitpix) / 8);
}

std::int64_t IndexOn(const PlaneSelection& selection, std::size_t axis) {
  return axis < selection.index.size() ? selection.index[axis] : 0;
}

void CheckAxis(const Hdu& hdu, int axis) {
  if (axis < 0 || static_cast<std::size_t>(axis) >= hdu.axes.size())
    throw Error(ErrorKind::kUsage,
                Format("the image has {} axes, there is no axis {}",
                       hdu.axes.size(), axis + 1));
}

void CheckIndex(const Hdu& hdu, const PlaneSelection& selection,
                std::size_t axis) {
  const std::int64_t length = hdu.axes[axis];
  if (axis >= selection.index.size() && length > 1)
    throw Error(ErrorKind::kUsage,
                Format("axis {} has {} planes: select one", axis + 1, length));
  const std::int64_t index = IndexOn(selection, axis);
  if (index < 0 || index >= length)
    throw Error(ErrorKind::kUsage,
                Format("plane {} of axis {} is outside 0..{}", index, axis + 1,
                       length - 1));
}

void CheckSelection(const Hdu& hdu, const PlaneSelection& selection) {
  if (hdu.kind != HduKind::kImage)
    throw Error(ErrorKind::kBadInput, "the HDU is not an image");
  if (PixelCount(hdu) == 0)
    throw Error(ErrorKind::kBadInput, "the image has no pixels");
  CheckAxis(hdu, selection.column_axis);
  CheckAxis(hdu, selection.row_axis);
  if (selection.column_axis == selection.row_axis)
    throw Error(ErrorKind::kUsage, "a plane needs two different axes");
  for (const int axis : {selection.column_axis, selection.row_axis})
    if (AxisLength(hdu, axis) > std::numeric_limits<int>::max())
      throw Error(ErrorKind::kBadInput,
                  Format("axis {} is longer than 2^31 - 1", axis + 1));
  for (std::size_t axis = 0; axis < hdu.axes.size(); ++axis)
    if (static_cast<int>(axis) != selection.column_axis &&
        static_cast<int>(axis) != selection.row_axis)
      CheckIndex(hdu, selection, axis);
}

// Where a plane lies in the array of pixels of its HDU, counted in pixels.
struct Strides {
  std::size_t origin = 0;
  std::size_t column = 0;
  std::size_t row = 0;
};

Strides StridesOf(const Hdu& hdu, const PlaneSelection& selection) {
  Strides strides;
  std::size_t stride = 1;
  for (std::size_t axis = 0; axis < hdu.axes.size(); ++axis) {
    if (static_cast<int>(axis) == selection.column_axis)
      strides.column = stride;
    else if (static_cast<int>(axis) == selection.row_axis)
      strides.row = stride;
    else
      strides.origin +=
          stride * static_cast<std::size_t>(IndexOn(selection, axis));
    stride *= static_cast<std::size_t>(hdu.axes[axis]);
  }
  return strides;
}

// Stored value to physical value: the FITS Standard 4.0, 4.4.2.5.
struct Scaling {
  double scale = 1.0;
  double zero = 0.0;
  std::optional<std::int64_t> blank;  // only for integer pixels
};

Scaling ScalingOf(const Hdu& hdu) {
  Scaling scaling;
  scaling.scale = hdu.header.Number("BSCALE").value_or(1.0);
  scaling.zero = hdu.header.Number("BZERO").value_or(0.0);
  if (hdu.bitpix > 0) scaling.blank = hdu.header.Integer("BLANK");
  return scaling;
}

// Decodes `count` values that are `stride` pixels apart.
template <typename T, typename Bits>
void DecodeRun(const std::byte* pixels, std::size_t stride,
               const Scaling& scaling, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T stored = Load<T, Bits>(pixels + i * stride * sizeof(T));
    const double value =
        scaling.zero + scaling.scale * static_cast<double>(stored);
    values[i] = ToFloat(value);
    if constexpr (std::is_integral_v<T>)
      if (scaling.blank && std::int64_t{stored} == *scaling.blank)
        values[i] = kNaN;
  }
}

using RunDecoder = void (*)(const std::byte*, std::size_t, const Scaling&,
                            std::span<float>);

RunDecoder DecoderFor(int bitpix) {
  switch (bitpix) {
    case 8:
      return DecodeRun<std::uint8_t, std::uint8_t>;
    case 16:
      return DecodeRun<std::int16_t, std::uint16_t>;
    case 32:
      return DecodeRun<std::int32_t, std::uint32_t>;
    case 64:
      return DecodeRun<std::int64_t, std::uint64_t>;
    case -32:
      return DecodeRun<float, std::uint32_t>;
    default:
      return DecodeRun<double, std::uint64_t>;
  }
}

[[noreturn]] void ThrowTruncated(std::int64_t promised, std::int64_t there) {
  throw Error(ErrorKind::kBadInput,
              Format("the file is truncated: its header promises {} bytes of "
                     "pixels, {} are there",
                     promised, there));
}

// The pixels of an uncompressed HDU; throws when the file is cut off.
const std::byte* PixelsOf(const MappedFile& file, const Hdu& hdu) {
  const std::int64_t needed = PixelCount(hdu) * (std::abs(hdu.bitpix) / 8);
  const auto size = static_cast<std::int64_t>(file.bytes().size());
  const std::int64_t there = std::max<std::int64_t>(0, size - hdu.data_offset);
  if (there < needed) ThrowTruncated(needed, there);
  return file.bytes().data() + hdu.data_offset;
}

void DecodeMapped(const MappedFile& file, const Hdu& hdu,
                  const PlaneSelection& selection, std::span<float> values) {
  const std::size_t width = AxisLength(hdu, selection.column_axis);
  const std::size_t height = AxisLength(hdu, selection.row_axis);
  const Strides strides = StridesOf(hdu, selection);
  const std::size_t pixel_bytes = PixelBytes(hdu);
  const Scaling scaling = ScalingOf(hdu);
  const RunDecoder decode = DecoderFor(hdu.bitpix);
  const std::byte* const pixels = PixelsOf(file, hdu);

  for (std::size_t row = 0; row < height; ++row)
    decode(pixels + (strides.origin + row * strides.row) * pixel_bytes,
           strides.column, scaling, values.subspan(row * width, width));
}

// Pixels that cfitsio is going to unpack must be the ones that were packed: fed
// with a damaged stream, its decoders read past the end of it or never return.
// Every packer writes a DATASUM; without one there is nothing to go by.
void CheckPackedData(const FitsHandle& file, const Hdu& hdu) {
  if (!file.plain()) return;
  LONGLONG start = 0, end = 0;
  int status = 0;
  fits_get_hduaddrll(file.get(), nullptr, &start, &end, &status);
  CheckFits(status, "cannot find the data");
  const auto size = static_cast<LONGLONG>(file.raw().size());
  if (hdu.missing_bytes > 0 || start > size)
    ThrowTruncated(std::max<LONGLONG>(0, size - start) + hdu.missing_bytes,
                   std::max<LONGLONG>(0, size - start));

  const auto stated = Header::Parse(file.HeaderCards()).Text("DATASUM");
  const auto sum = stated ? ParseInteger(*stated) : std::nullopt;
  if (!sum) return;
  // Padding that is not there counts as the zeros it should be.
  const auto bytes =
      file.raw().subspan(static_cast<std::size_t>(start),
                         static_cast<std::size_t>(std::min(end, size) - start));
  const std::size_t whole = bytes.size() / 4 * 4;
  std::array<std::byte, 4> last{};
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end(),
            last.begin());
  if (FitsChecksum(last, FitsChecksum(bytes.first(whole))) != *sum)
    throw Error(ErrorKind::kBadInput,
                "the compressed pixels are damaged: they do not match their "
                "DATASUM");
}

// Planes that cfitsio unpacks, a slab at a time. A slab is all of the lower of
// the two axes by some of the higher one.
class PackedReader {
 public:
  PackedReader(FitsHandle& file, const Hdu& hdu,
               const PlaneSelection& selection)
      : file_(file),
        low_(static_cast<std::size_t>(
            std::min(selection.column_axis, selection.row_axis))),
        high_(static_cast<std::size_t>(
            std::max(selection.column_axis, selection.row_axis))),
        transposed_(selection.column_axis > selection.row_axis),
        plain_floats_(hdu.bitpix == -32 && !hdu.scaled),
        low_length_(static_cast<std::size_t>(hdu.axes[low_])),
        high_length_(static_cast<std::size_t>(hdu.axes[high_])) {
    file_.MoveTo(hdu.index);
    CheckUnchanged(hdu);
    CheckPackedData(file_, hdu);
    for (std::size_t axis = 0; axis < hdu.axes.size(); ++axis)
      first_.push_back(static_cast<long>(IndexOn(selection, axis)) + 1);
    first_[low_] = 1;
    last_ = first_;
    last_[low_] = static_cast<long>(low_length_);
    step_.assign(first_.size(), 1);
  }

  void Read(std::span<float> values) {
    if (plain_floats_ && !transposed_)
      ReadFloats(values);
    else
      ReadThroughDoubles(values);
  }

 private:
  // Unscaled float32 pixels go straight to where they belong.
  void ReadFloats(std::span<float> values) {
    const std::size_t slab = SlabLength();
    for (std::size_t start = 0; start < high_length_; start += slab)
      ReadSlab(TFLOAT, start, std::min(slab, high_length_ - start), kNaN,
               values.data() + start * low_length_);
    for (float& value : values) value = ToFloat(value);
  }

  void ReadThroughDoubles(std::span<float> values) {
    const std::size_t slab = SlabLength();
    std::vector<double> buffer(slab * low_length_);
    for (std::size_t start = 0; start < high_length_; start += slab) {
      const std::size_t count = std::min(slab, high_length_ - start);
      ReadSlab(TDOUBLE, start, count, double{kNaN}, buffer.data());
      for (std::size_t i = 0; i < count; ++i)
        Store(buffer.data() + i * low_length_, start + i, values);
    }
  }

  // cfitsio writes as many values as its own header says: it must be the one
  // the buffers were made for.
  void CheckUnchanged(const Hdu& hdu) const {
    std::vector<LONGLONG> axes(hdu.axes.size(), 0);
    int count = 0;
    int status = 0;
    fits_get_img_dim(file_.get(), &count, &status);
    fits_get_img_sizell(file_.get(), static_cast<int>(axes.size()), axes.data(),
                        &status);
    CheckFits(status, "cannot read the size of the image");
    if (static_cast<std::size_t>(count) != hdu.axes.size() ||
        !std::equal(axes.begin(), axes.end(), hdu.axes.begin()))
      throw Error(ErrorKind::kBadInput,
                  "the image is not the one its header was read from");
  }

  // About a million values, but whole compression tiles however large: none is
  // unpacked twice.
  std::size_t SlabLength() const {
    constexpr std::size_t kValues = std::size_t{1} << 20;
    const std::size_t tile = TileLength();
    const std::size_t wanted = kValues / low_length_ / tile * tile;
    return std::min(std::max(wanted, tile), high_length_);
  }

  std::size_t TileLength() const {
    int status = 0;
    if (fits_is_compressed_image(file_.get(), &status) == 0) return 1;
    LONGLONG length = 1;
    const std::string key = Format("ZTILE{}", high_ + 1);
    if (fits_read_key_lnglng(file_.get(), key.c_str(), &length, nullptr,
                             &status) != 0) {
      ForgetFitsMessages();
      return 1;
    }
    return static_cast<std::size_t>(
        std::clamp<LONGLONG>(length, 1, static_cast<LONGLONG>(high_length_)));
  }

  // `type` is cfitsio's code of T.
  template <typename T>
  void ReadSlab(int type, std::size_t start, std::size_t count, T blank,
                T* values) {
    first_[high_] = static_cast<long>(start) + 1;
    last_[high_] = static_cast<long>(start + count);
    int any_blank = 0;
    int status = 0;
    fits_read_subset(file_.get(), type, first_.data(), last_.data(),
                     step_.data(), &blank, values, &any_blank, &status);
    CheckFits(status, Format("cannot unpack rows {}-{} of axis {}", start,
                             start + count - 1, high_ + 1));
  }

  // One line of the lower axis: a row of the plane, or a column of it.
  void Store(const double* line, std::size_t index,
             std::span<float> values) const {
    float* out = values.data() + (transposed_ ? index : index * low_length_);
    const std::size_t stride = transposed_ ? high_length_ : 1;
    for (std::size_t i = 0; i < low_length_; ++i)
      out[i * stride] = ToFloat(line[i]);
  }

  FitsHandle& file_;
  std::size_t low_;
  std::size_t high_;
  bool transposed_;
  bool plain_floats_;
  std::size_t low_length_;
  std::size_t high_length_;
  std::vector<long> first_;
  std::vector<long> last_;
  std::vector<long> step_;
};

}  // namespace

bool Plane::NeedsDecoding(const Hdu& hdu, const PlaneSelection& selection) {
  if (hdu.compressed || hdu.scaled || hdu.bitpix > 0) return true;
  if (selection.column_axis > selection.row_axis) return true;
  // In place when the columns are adjacent and the rows follow one another.
  for (int axis = 0; axis < selection.row_axis; ++axis)
    if (axis != selection.column_axis && AxisLength(hdu, axis) != 1)
      return true;
  return false;
}

// The file is opened outside the try block: its errors name the path already.
Plane Plane::Open(const std::filesystem::path& path, const Hdu& hdu,
                  const PlaneSelection& selection) {
  std::optional<FitsHandle> packed;
  Plane plane;
  if (hdu.compressed)
    packed.emplace(path);
  else
    plane.file_ = MappedFile(path);
  try {
    CheckSelection(hdu, selection);
    plane.width_ = static_cast<int>(AxisLength(hdu, selection.column_axis));
    plane.height_ = static_cast<int>(AxisLength(hdu, selection.row_axis));
    if (NeedsDecoding(hdu, selection))
      plane.Decode(hdu, selection, packed ? &*packed : nullptr);
    else
      plane.UseInPlace(hdu, selection);
  } catch (const Error& error) {
    throw error.In(HduName(path, hdu.index));
  }
  return plane;
}

void Plane::UseInPlace(const Hdu& hdu, const PlaneSelection& selection) {
  kind_ = hdu.bitpix == -64 ? PixelKind::kFloat64Big : PixelKind::kFloat32Big;
  data_ =
      PixelsOf(file_, hdu) + StridesOf(hdu, selection).origin * PixelBytes(hdu);
}

void Plane::Decode(const Hdu& hdu, const PlaneSelection& selection,
                   FitsHandle* packed) {
  const std::size_t count =
      static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  decoded_ = Scratch(count * sizeof(float));
  const std::span<float> values(
      reinterpret_cast<float*>(decoded_.bytes().data()), count);
  if (packed != nullptr)
    PackedReader(*packed, hdu, selection).Read(values);
  else
    DecodeMapped(file_, hdu, selection, values);
  file_ = MappedFile();
  kind_ = PixelKind::kFloat32;
  data_ = std::as_const(decoded_).bytes().data();
}

// Of a mapped plane, in its file.
Plane::ByteRange Plane::BytesOfRows(int first, int last) const {
  const auto row_bytes = static_cast<std::size_t>(width_) *
                         (kind_ == PixelKind::kFloat64Big ? 8 : 4);
  return {static_cast<std::size_t>(data_ - file_.bytes().data()) +
              static_cast<std::size_t>(first) * row_bytes,
          static_cast<std::size_t>(last - first) * row_bytes};
}

void Plane::WillNeedRows(int first, int last) const {
  if (file_.bytes().empty()) return;
  const ByteRange range = BytesOfRows(first, last);
  file_.WillNeed(range.offset, range.count);
}

void Plane::DoneWithRows(int first, int last) const {
  if (file_.bytes().empty()) return;
  const ByteRange range = BytesOfRows(first, last);
  file_.DoneWith(range.offset, range.count);
}

void Plane::ReadRow(int row, std::span<double> values) const {
  if (row < 0 || row >= height_ ||
      values.size() != static_cast<std::size_t>(width_))
    throw Error(ErrorKind::kUsage,
                Format("row {} of {} values asked from a plane of {} x {}", row,
                       values.size(), width_, height_));
  const std::size_t bytes = kind_ == PixelKind::kFloat64Big ? 8 : 4;
  const std::byte* pixel =
      data_ + static_cast<std::size_t>(row) * values.size() * bytes;
  for (double& value : values) {
    switch (kind_) {
      case PixelKind::kFloat32Big:
        value = double{Load<float, std::uint32_t>(pixel)};
        break;
      case PixelKind::kFloat64Big:
        value = Load<double, std::uint64_t>(pixel);
        break;
      case PixelKind::kFloat32: {
        float native;
        std::memcpy(&native, pixel, sizeof native);
        value = double{native};
      }
    }
    if (!IsUsable(value)) value = std::numeric_limits<double>::quiet_NaN();
    pixel += bytes;
  }
}

}  // namespace hips
