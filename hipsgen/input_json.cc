// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/input_json.h"

#include <string>
#include <vector>

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCardLength = 80;

Json JsonOf(const PlaneSelection& selection) {
  return {selection.column_axis, selection.row_axis, selection.index};
}

PlaneSelection SelectionOf(const Json& json) {
  return {json.at(0).get<int>(), json.at(1).get<int>(),
          json.at(2).get<std::vector<std::int64_t>>()};
}

Json JsonOf(const InputIdentity& identity) {
  return {identity.size, identity.mtime_ns, identity.header_hash,
          identity.data_hash};
}

InputIdentity IdentityOf(const Json& json) {
  return {json.at(0).get<std::uint64_t>(), json.at(1).get<std::int64_t>(),
          json.at(2).get<std::string>(), json.at(3).get<std::string>()};
}

// Cards without the blanks at their ends: half of a header.
Json JsonOf(const Header& header) {
  Json cards = Json::array();
  for (const std::string& card : header.cards())
    cards.push_back(card.substr(0, card.find_last_not_of(' ') + 1));
  return cards;
}

std::string CardsOf(const Json& json) {
  std::string cards;
  for (const Json& each : json) {
    std::string card = each.get<std::string>();
    card.resize(kCardLength, ' ');
    cards += card;
  }
  return cards;
}

template <typename Value>
void PutIf(Json& json, const char* key, const std::optional<Value>& value) {
  if (value) json[key] = *value;
}

std::optional<double> NumberIf(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  return found->get<double>();
}

}  // namespace

Json ToJson(const Input& input) {
  const Hdu& hdu = input.hdu;
  Json json;
  json["name"] = input.name;
  json["identity"] = JsonOf(input.identity);
  json["hdu"] = {hdu.index, hdu.name,   hdu.compressed, hdu.bitpix,
                 hdu.axes,  hdu.scaled, hdu.data_offset};
  json["plane"] = JsonOf(input.selection);
  if (!input.unit.empty()) json["unit"] = input.unit;
  if (!input.object.empty()) json["object"] = input.object;
  if (input.beam)
    json["beam"] = {input.beam->major, input.beam->minor,
                    input.beam->position_angle};
  PutIf(json, "frequency", input.frequency_hz);
  PutIf(json, "bandwidth", input.bandwidth_hz);
  PutIf(json, "mjd", input.mjd);
  if (input.weight_path)
    json["weights"] = {input.weight_path->string(), input.weight_hdu,
                       JsonOf(input.weight_selection), input.weight_meaning,
                       JsonOf(input.weight_identity)};
  json["cards"] = JsonOf(hdu.header);
  return json;
}

Input InputFromJson(const Json& json, const fs::path& root) {
  const Json& of_hdu = json.at("hdu");
  Hdu hdu;
  hdu.index = of_hdu.at(0).get<int>();
  hdu.name = of_hdu.at(1).get<std::string>();
  hdu.compressed = of_hdu.at(2).get<bool>();
  hdu.bitpix = of_hdu.at(3).get<int>();
  hdu.axes = of_hdu.at(4).get<std::vector<std::int64_t>>();
  hdu.scaled = of_hdu.at(5).get<bool>();
  hdu.data_offset = of_hdu.at(6).get<std::int64_t>();
  const std::string cards = CardsOf(json.at("cards"));
  hdu.header = Header::Parse(cards);
  PlaneSelection plane = SelectionOf(json.at("plane"));
  const auto side = [&](int axis) {
    return static_cast<int>(hdu.axes.at(static_cast<std::size_t>(axis)));
  };
  const int width = side(plane.column_axis);
  const int height = side(plane.row_axis);
  Wcs wcs =
      Wcs::FromCards(cards, plane.column_axis, plane.row_axis, width, height);
  Footprint footprint = FootprintOf(wcs);
  std::string name = json.at("name").get<std::string>();
  fs::path path = (root / name).lexically_normal();
  Input input{.name = std::move(name),
              .path = std::move(path),
              .hdu = std::move(hdu),
              .selection = std::move(plane),
              .wcs = std::move(wcs),
              .footprint = std::move(footprint)};
  input.width = width;
  input.height = height;
  input.identity = IdentityOf(json.at("identity"));
  input.unit = json.value("unit", "");
  input.object = json.value("object", "");
  if (const auto beam = json.find("beam"); beam != json.end())
    input.beam = Beam{beam->at(0).get<double>(), beam->at(1).get<double>(),
                      beam->at(2).get<double>()};
  input.frequency_hz = NumberIf(json, "frequency");
  input.bandwidth_hz = NumberIf(json, "bandwidth");
  input.mjd = NumberIf(json, "mjd");
  if (const auto map = json.find("weights"); map != json.end()) {
    input.weight_path = map->at(0).get<std::string>();
    input.weight_hdu = map->at(1).get<int>();
    input.weight_selection = SelectionOf(map->at(2));
    input.weight_meaning = map->at(3).get<std::string>();
    input.weight_identity = IdentityOf(map->at(4));
  }
  return input;
}

}  // namespace hips
