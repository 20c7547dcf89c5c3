// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/webp.h"

#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

// Method 4, the library's own choice, takes more than twice as long to save 15
// % of the bytes of noise.
constexpr int kQuickMethod = 1;

void CheckEncodable(int width, int height, const WebpOptions& options) {
  if (width < 1 || height < 1 || width > kMaxPictureSide ||
      height > kMaxPictureSide)
    throw Error(ErrorKind::kUsage,
                Format("a WebP of {} x {} pixels", width, height));
  if (options.quality < 1 || options.quality > 100)
    throw Error(ErrorKind::kUsage,
                Format("WebP quality {}; use 1 to 100", options.quality));
}

WebPConfig ConfigOf(const WebpOptions& options) {
  WebPConfig config;
  if (WebPConfigInit(&config) == 0)
    throw Error(ErrorKind::kIo, "libwebp is not the one this was built for");
  config.quality = static_cast<float>(options.quality);
  config.method = kQuickMethod;
  config.alpha_compression = 1;
  if (options.lossless) {
    config.lossless = 1;
    config.quality = 0.0f;  // of the search, not of the picture
  }
  return config;
}

// A picture being encoded, and the bytes of it; freed at the end of its life.
class Job {
 public:
  Job(int width, int height, bool lossless) {
    if (WebPPictureInit(&picture_) == 0)
      throw Error(ErrorKind::kIo, "libwebp is not the one this was built for");
    picture_.width = width;
    picture_.height = height;
    picture_.use_argb = lossless ? 1 : 0;
    WebPMemoryWriterInit(&writer_);
    picture_.writer = WebPMemoryWrite;
    picture_.custom_ptr = &writer_;
  }
  ~Job() {
    WebPPictureFree(&picture_);
    WebPMemoryWriterClear(&writer_);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  WebPPicture* picture() { return &picture_; }
  Bytes Result() const {
    const auto bytes = std::as_bytes(std::span(writer_.mem, writer_.size));
    return {bytes.begin(), bytes.end()};
  }

 private:
  WebPPicture picture_;
  WebPMemoryWriter writer_;
};

// rows run top-down.
Bytes Compress(const Image<Rgba>& rows, const WebpOptions& options) {
  const WebPConfig config = ConfigOf(options);
  Job job(rows.width(), rows.height(), options.lossless);
  const auto* pixels = reinterpret_cast<const std::uint8_t*>(rows.data());
  const int stride = rows.width() * static_cast<int>(sizeof(Rgba));
  if (WebPPictureImportRGBA(job.picture(), pixels, stride) == 0 ||
      WebPEncode(&config, job.picture()) == 0)
    throw Error(ErrorKind::kIo,
                Format("libwebp could not encode: error {}",
                       static_cast<int>(job.picture()->error_code)));
  return job.Result();
}

}  // namespace

Bytes EncodeWebp(const Image<std::uint8_t>& levels, const ColorMap& map,
                 WebpOptions options) {
  const int height = levels.height();
  CheckEncodable(levels.width(), height, options);
  std::array<Rgba, 256> colours;
  colours[0] = {0, 0, 0, 0};
  for (std::size_t level = 1; level < colours.size(); ++level) {
    const Rgb& colour = map.colours[level];
    colours[level] = {colour.r, colour.g, colour.b, 255};
  }
  Image<Rgba> rows(levels.width(), height);
  for (int row = 0; row < height; ++row)
    std::transform(levels.row(row), levels.row(row) + levels.width(),
                   rows.row(height - 1 - row),
                   [&](std::uint8_t level) { return colours[level]; });
  return Compress(rows, options);
}

Bytes EncodeWebp(const Image<Rgba>& pixels, WebpOptions options) {
  const int height = pixels.height();
  CheckEncodable(pixels.width(), height, options);
  Image<Rgba> rows(pixels.width(), height);
  for (int row = 0; row < height; ++row)
    std::copy_n(pixels.row(row), pixels.width(), rows.row(height - 1 - row));
  return Compress(rows, options);
}

Picture DecodeWebp(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK)
    throw Error(ErrorKind::kBadInput, "not a usable WebP: bad header");
  if (features.has_animation != 0)
    throw Error(ErrorKind::kBadInput, "not a usable WebP: an animation");
  const int width = features.width;
  const int height = features.height;
  if (width < 1 || height < 1 || width > kMaxPictureSide ||
      height > kMaxPictureSide)
    throw Error(ErrorKind::kBadInput,
                Format("a WebP of {} x {} pixels", width, height));
  Picture picture;
  picture.channels = features.has_alpha != 0 ? 4 : 3;
  picture.pixels = Image<Rgba>(width, height);
  if (WebPDecodeRGBAInto(data, bytes.size(),
                         reinterpret_cast<std::uint8_t*>(picture.pixels.data()),
                         picture.pixels.size() * sizeof(Rgba),
                         width * static_cast<int>(sizeof(Rgba))) == nullptr)
    throw Error(ErrorKind::kBadInput,
                "not a usable WebP: damaged or cut short");
  for (int row = 0; row < height / 2; ++row)
    std::swap_ranges(picture.pixels.row(row), picture.pixels.row(row) + width,
                     picture.pixels.row(height - 1 - row));
  return picture;
}

}  // namespace hips
