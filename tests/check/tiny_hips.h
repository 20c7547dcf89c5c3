// SPDX-License-Identifier: GPL-3.0-or-later
// A whole HiPS of 64-pixel tiles, small enough to be made for every test, and
// clean by every rule until a test breaks it.
//
// Orders 0 to 2 of base cell 4, FITS and PNG; one order-2 tile is missing and
// another is half blank. Pixel values are a smooth function of the direction,
// placed by the pixel's HEALPix index, so parents can be made by index alone.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "check/lint.h"
#include "encode/colormap.h"
#include "encode/png.h"
#include "fits/write.h"
#include "healpix/cell_geometry.h"
#include "healpix/tile_address.h"
#include "moc/moc.h"
#include "properties/properties.h"
#include "support/test_data.h"

namespace hips {

class TinyHips {
 public:
  static constexpr int kWidth = 64;
  static constexpr int kOrder = 2;
  static constexpr std::int64_t kFace = 4;
  // Of order 2, counted inside the face.
  static constexpr std::int64_t kMissing = 16 * kFace + 9;
  static constexpr std::int64_t kHalfBlank = 16 * kFace + 6;

  TinyHips() {
    for (int order = 0; order <= kOrder; ++order)
      for (const std::int64_t npix : NpixesOf(order)) WriteTile({order, npix});
    WriteAllsky();
    WriteMoc();
    WriteText("preview.jpg", std::string("\xFF\xD8\xFF\xE0") + "rest");
    WriteText("index.html", "<html><body>tiny</body></html>");
    WriteProperties();
  }

  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path File(const std::string& name) const {
    return path() / name;
  }
  std::string Read(const std::string& name) const {
    return ReadFile(File(name));
  }
  void WriteText(const std::string& name, const std::string& text) const {
    WriteFileAtomic(File(name), std::string_view(text));
  }
  void Remove(const std::string& name) const {
    std::filesystem::remove_all(File(name));
  }

  // Value "" removes the key.
  void SetProperty(const std::string& key, const std::string& value) const {
    Properties properties = Properties::Parse(Read("properties"));
    value.empty() ? properties.Remove(key) : properties.Set(key, value);
    WriteText("properties", properties.Text());
  }
  void AddLine(const std::string& line) const {
    WriteText("properties", Read("properties") + line + "\n");
  }

  static std::vector<std::int64_t> NpixesOf(int order) {
    std::vector<std::int64_t> npixes;
    const std::int64_t count = std::int64_t{1} << (2 * order);
    for (std::int64_t i = 0; i < count; ++i)
      if (order < kOrder || kFace * count + i != kMissing)
        npixes.push_back(kFace * count + i);
    return npixes;
  }

  // The pixel of HEALPix index ipix at order tile order + 6: leaves show the
  // sky, deeper orders of the tree are means of four consecutive indices.
  static float ValueAt(int order, std::int64_t ipix) {
    constexpr int kBits = 6;  // log2 of the width
    if (order < kOrder) {
      double sum = 0.0;
      int count = 0;
      for (int k = 0; k < 4; ++k) {
        const float child = ValueAt(order + 1, 4 * ipix + k);
        if (std::isnan(child)) continue;
        sum += double{child};
        ++count;
      }
      return count == 0 ? std::numeric_limits<float>::quiet_NaN()
                        : static_cast<float>(sum / count);
    }
    const std::int64_t tile = ipix >> (2 * kBits);
    const bool second_half = (ipix >> (2 * kBits - 1) & 1) != 0;
    if (tile == kMissing || (tile == kHalfBlank && second_half))
      return std::numeric_limits<float>::quiet_NaN();
    const Direction at = CellCentre({order + kBits, ipix});
    return static_cast<float>(std::sin(40.0 * at.y) + 2.0 * at.z +
                              std::cos(25.0 * at.z));
  }

  static Image<float> PixelsOf(TileAddress tile) {
    Image<float> pixels(kWidth, kWidth);
    for (int row = 0; row < kWidth; ++row)
      for (int column = 0; column < kWidth; ++column)
        pixels(row, column) =
            ValueAt(tile.order, PixelIndex(tile, column, row, kWidth));
    return pixels;
  }

  // Face 4 is centred on (0, 0) of the HPX plane: x = 45 (fx - fy), y =
  // 45 (fx + fy - 1) degrees (Calabretta & Roukema 2007); the cards are those
  // of the HiPS standard.
  static Header HeaderOf(TileAddress tile) {
    const FaceCell cell = ToFace(tile);
    const double nside = std::pow(2.0, tile.order);
    const double fx = (static_cast<double>(cell.ix) + 0.5) / nside;
    const double fy = (static_cast<double>(cell.iy) + 0.5) / nside;
    const double x = 45.0 * (fx - fy);
    const double y = 45.0 * (fx + fy - 1.0);
    const double s = 45.0 / (nside * kWidth);
    Header header;
    header.Set("ORDER", tile.order);
    header.Set("NPIX", tile.npix);
    header.Set("CTYPE1", "RA---HPX");
    header.Set("CTYPE2", "DEC--HPX");
    header.Set("CRVAL1", 0.0);
    header.Set("CRVAL2", 0.0);
    header.Set("CRPIX1", (kWidth + 1) / 2.0 + (x - y) / (2.0 * s));
    header.Set("CRPIX2", (kWidth + 1) / 2.0 + (x + y) / (2.0 * s));
    header.Set("CD1_1", -s);
    header.Set("CD1_2", -s);
    header.Set("CD2_1", s);
    header.Set("CD2_2", -s);
    header.Set("PV2_1", 4);
    header.Set("PV2_2", 3);
    return header;
  }

  void WriteBytes(const std::string& name, const Bytes& bytes) const {
    WriteFileAtomic(File(name), std::span<const std::byte>(bytes));
  }
  void WriteFits(TileAddress tile, const Image<float>& pixels,
                 const Header& header) const {
    WriteBytes(TilePath(tile, "fits"), EncodeImage(pixels, header));
  }
  void WritePng(TileAddress tile, const Image<float>& pixels) const {
    WriteFileAtomic(File(TilePath(tile, "png")),
                    std::span<const std::byte>(PngOf(pixels)));
  }
  void WriteTile(TileAddress tile) const {
    const Image<float> pixels = PixelsOf(tile);
    WriteFits(tile, pixels, HeaderOf(tile));
    WritePng(tile, pixels);
  }

  static Bytes PngOf(const Image<float>& pixels) {
    Image<std::uint8_t> levels(pixels.width(), pixels.height());
    for (int row = 0; row < pixels.height(); ++row)
      for (int column = 0; column < pixels.width(); ++column) {
        const float value = pixels(row, column);
        levels(row, column) =
            std::isnan(value)
                ? std::uint8_t{0}
                : static_cast<std::uint8_t>(100.0F + 20.0F * value);
      }
    return EncodePng(levels, GreyMap());
  }

  // Thumbs of 8 pixels, 13 x 15 of them at order 2, cell n at column n % 13 and
  // line n / 13 from the top.
  static Image<float> AllskyPixels() {
    constexpr int kThumb = 8;
    constexpr int kColumns = 13;
    constexpr int kRows = 15;
    Image<float> sky(kColumns * kThumb, kRows * kThumb,
                     std::numeric_limits<float>::quiet_NaN());
    for (const std::int64_t npix : NpixesOf(kOrder)) {
      const Image<float> tile = PixelsOf({kOrder, npix});
      const int left = static_cast<int>(npix % kColumns) * kThumb;
      const int bottom =
          (kRows - 1 - static_cast<int>(npix / kColumns)) * kThumb;
      for (int row = 0; row < kThumb; ++row)
        for (int column = 0; column < kThumb; ++column)
          sky(bottom + row, left + column) = tile(8 * row, 8 * column);
    }
    return sky;
  }

 private:
  void WriteAllsky() const {
    const Image<float> sky = AllskyPixels();
    WriteBytes("Norder2/Allsky.fits", EncodeImage(sky, Header()));
    WriteFileAtomic(File("Norder2/Allsky.png"),
                    std::span<const std::byte>(PngOf(sky)));
  }

  void WriteMoc() const {
    std::vector<TileAddress> cells;
    for (const std::int64_t npix : NpixesOf(kOrder))
      cells.push_back({kOrder, npix});
    WriteBytes("Moc.fits", Moc::FromCells(kOrder, cells).Fits());
  }

  void WriteProperties() const {
    std::uint64_t bytes = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(path())) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".png" ||
          (extension == ".fits" && entry.path().filename() != "Moc.fits"))
        bytes += entry.file_size();
    }
    WriteText("properties", Format("creator_did = ivo://LAB/P/tiny\n"
                                   "obs_title = Tiny\n"
                                   "obs_description = A test\n"
                                   "prov_progenitor = A formula\n"
                                   "obs_regime = Radio\n"
                                   "client_category = Image/Radio/Tiny\n"
                                   "dataproduct_type = image\n"
                                   "hips_version = 1.4\n"
                                   "hips_status = public master clonableOnce\n"
                                   "hips_frame = equatorial\n"
                                   "hips_release_date = 2024-02-29T12:00Z\n"
                                   "hips_creation_date = 2024-02-29T12:00Z\n"
                                   "hips_order = 2\n"
                                   "hips_order_min = 0\n"
                                   "hips_tile_width = 64\n"
                                   "hips_tile_format = fits png\n"
                                   "hips_pixel_bitpix = -32\n"
                                   "hips_pixel_cut = -1 1\n"
                                   "hips_data_range = -4 4\n"
                                   "hips_hierarchy = mean\n"
                                   "hips_initial_ra = 0\n"
                                   "hips_initial_dec = 0\n"
                                   "hips_initial_fov = 60\n"
                                   "hips_nb_tiles = 40\n"
                                   "hips_estsize = {}\n"
                                   "moc_sky_fraction = {}\n"
                                   "t_min = 55000\n"
                                   "t_max = 56000\n"
                                   "em_min = 1.8\n"
                                   "em_max = 2.5\n",
                                   bytes / 1024, 15.0 / 192.0));
  }

  TestFolder folder_;
};

using Lines = std::vector<std::string>;

/// "P02 error" and so on, each once, in the order of the table.
inline std::vector<std::string> Verdicts(const std::vector<Finding>& findings) {
  std::vector<std::string> verdicts;
  for (const Finding& finding : findings) {
    std::string verdict =
        finding.rule + " " + std::string(LevelName(finding.level));
    if (std::find(verdicts.begin(), verdicts.end(), verdict) == verdicts.end())
      verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

inline std::vector<std::string> LintFolder(const TinyHips& hips,
                                           LintOptions options = {}) {
  return Verdicts(Lint(*OpenHips(hips.path().string()), options));
}

inline bool Has(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

}  // namespace hips
