// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "check/describe_parts.h"
#include "check/file_kind.h"
#include "check/fits_bytes.h"
#include "check/hips_source.h"
#include "check/tile_inventory.h"
#include "healpix/cell_geometry.h"
#include "properties/properties.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr double kSphereSquareDegrees = 4.0 * kPi / (kDegree * kDegree);

// Nothing when the file is missing or damaged: a description goes on.
std::optional<MocFile> ReadMocOf(const fs::path& root) {
  std::error_code ignored;
  if (!fs::is_regular_file(root / "Moc.fits", ignored)) return std::nullopt;
  try {
    return ParseMocFile(ReadFile(root / "Moc.fits"));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Inputs that the maker's private record names, if this program made it.
std::optional<std::size_t> InputCount(const fs::path& root) {
  std::error_code ignored;
  const fs::path record = root / ".hipsgen" / "inputs.json";
  if (!fs::is_regular_file(record, ignored)) return std::nullopt;
  const Json json = Json::parse(ReadFile(record), nullptr, false);
  if (json.is_array()) return json.size();
  if (json.is_object() && json.contains("inputs") && json["inputs"].is_array())
    return json["inputs"].size();
  return std::nullopt;
}

Json FormatJson(const TileInventory& tiles, const std::string& extension) {
  Json json;
  json["tiles"] = tiles.Count(extension);
  json["bytes"] = tiles.Bytes(extension);
  Json& orders = json["tiles_of_order"];
  for (const int order : tiles.Orders(extension))
    orders[Format("{}", order)] = tiles.At(extension, order).size();
  return json;
}

// A point just outside each corner, all round it, falls into each neighbour.
std::set<std::int64_t> Neighbours(TileAddress tile) {
  constexpr int kPoints = 64;
  const double radius = 1e-3 * CellSide(tile.order);
  std::set<std::int64_t> cells;
  for (const Direction& corner : CellCorners(tile)) {
    const Direction helper =
        std::abs(corner.z) < 0.9 ? Direction{0, 0, 1} : Direction{1, 0, 0};
    const Direction u = Normalized(Cross(corner, helper));
    const Direction v = Cross(corner, u);
    for (int i = 0; i < kPoints; ++i) {
      const double angle = 2.0 * kPi * (i + 0.5) / kPoints;
      const double a = radius * std::cos(angle);
      const double b = radius * std::sin(angle);
      cells.insert(
          CellOf(tile.order, Normalized({corner.x + a * u.x + b * v.x,
                                         corner.y + a * u.y + b * v.y,
                                         corner.z + a * u.z + b * v.z})));
    }
  }
  cells.erase(tile.npix);
  return cells;
}

Json PointJson(const Direction& direction) {
  const LonLatDeg point = ToLonLatDeg(direction);
  return LonLatJson("lon_deg", "lat_deg", point.lon_deg, point.lat_deg);
}

void AddPlace(TileAddress tile, Json& json) {
  json["order"] = tile.order;
  json["npix"] = tile.npix;
  json["centre"] = PointJson(CellCentre(tile));
  const std::array<Direction, 4> corners = CellCorners(tile);
  constexpr const char* kNames[] = {"south", "east", "north", "west"};
  for (std::size_t i = 0; i < corners.size(); ++i)
    json["corners"][kNames[i]] = PointJson(corners[i]);
  json["side_deg"] = Rounded(CellSide(tile.order) / kDegree, 6);
  json["neighbours"] = Neighbours(tile);
  if (tile.order > 0) json["parent"] = TilePath(Parent(tile), "");
  if (tile.order < kMaxOrder) {
    json["children"] = Json::array();
    for (int k = 0; k < 4; ++k)
      json["children"].push_back(TilePath(Child(tile, k), ""));
  }
}

void AddFitsTile(const std::string& bytes, Json& json) {
  const std::vector<HduView> hdus = SplitHdus(bytes);
  const TileShape shape = ShapeOf(hdus);
  json["width"] = shape.width;
  json["height"] = shape.height;
  if (shape.depth > 1) json["depth"] = shape.depth;
  json["bitpix"] = shape.bitpix;
  const Header& header = hdus[shape.hdu].header;
  if (const auto unit = header.Text("BUNIT")) json["unit"] = *unit;
  const std::string flaw = ChecksumFlaw(hdus[shape.hdu]);
  if (!flaw.empty()) json["checksum"] = flaw;
  if (shape.compressed) {
    json["compressed"] = true;
    return;
  }
  PixelCounter counter;
  const Image<double> image = DecodePixels(hdus);
  for (const double value : image.pixels()) counter.Add(value);
  json["values"] = counter.Result();
}

}  // namespace

Json DescribeHips(const fs::path& path) {
  const auto source = OpenHips(path.string());
  const Properties properties =
      Properties::Parse(source->Fetch("properties").value_or(""));
  Json json;
  json["kind"] = "HiPS";
  for (const char* key :
       {"creator_did", "obs_title", "dataproduct_type", "hips_frame",
        "hips_order_min", "hips_order", "hips_tile_width", "hips_tile_format",
        "hips_status", "hips_release_date", "hips_builder", "hips_bunit",
        "hips_pixel_cut", "obs_regime", "em_min", "em_max", "t_min", "t_max"})
    if (const auto value = properties.Get(key)) json[key] = *value;
  if (const auto moc = ReadMocOf(path)) json["moc"] = DescribeMoc(*moc);
  const auto files = source->List();
  const TileInventory tiles =
      TileInventory::FromListing(files.value_or(std::vector<HipsFile>{}));
  json["tiles"] = tiles.Count();
  json["bytes"] = tiles.Bytes();
  for (const std::string& extension : tiles.Extensions())
    json["formats"][extension] = FormatJson(tiles, extension);
  if (const auto count = InputCount(path)) json["inputs"] = *count;
  std::error_code ignored;
  json["progenitors"] = fs::is_directory(path / "HpxFinder", ignored);
  return json;
}

Json DescribeTile(const fs::path& path, const ParsedTilePath& parsed) {
  Json json;
  json["kind"] = "tile";
  json["format"] = parsed.extension;
  const fs::path root = fs::absolute(path)
                            .lexically_normal()
                            .parent_path()
                            .parent_path()
                            .parent_path();
  std::error_code ignored;
  if (fs::is_regular_file(root / "properties", ignored))
    json["frame"] = Properties::Parse(ReadFile(root / "properties"))
                        .GetOr("hips_frame", "equatorial");
  AddPlace(parsed.tile, json);
  json["bytes"] = fs::file_size(path);
  if (fs::file_size(path) > kLargestFile)
    throw Error(ErrorKind::kBadInput, "larger than any tile");
  const std::string bytes = ReadFile(path);
  const FileFacts facts = LookAtBytes(bytes);
  json["type"] = KindName(facts.kind);
  if (facts.kind == FileKind::kFits) {
    AddFitsTile(bytes, json);
  } else if (facts.width > 0) {
    json["width"] = facts.width;
    json["height"] = facts.height;
  }
  return json;
}

Json DescribeMoc(const MocFile& file) {
  Json json;
  json["kind"] = "MOC";
  json["packing"] = file.packing;
  json["frame"] = file.frame == "C" ? "equatorial" : file.frame;
  json["order"] = file.moc.order();
  json["cells"] = file.moc.Cells().size();
  json["sky_fraction"] = file.moc.SkyFraction();
  json["square_degrees"] = file.moc.SkyFraction() * kSphereSquareDegrees;
  if (!file.flaws.empty()) json["flaws"] = file.flaws;
  return json;
}

}  // namespace hips
