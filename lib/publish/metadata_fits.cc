// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/metadata_fits.h"

#include <algorithm>
#include <limits>
#include <regex>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "fits/table.h"
#include "publish/public_text.h"

namespace hips {
namespace {

// Cards about one file's bytes and pixel grid: alike by chance only.
bool DescribesOneFile(const std::string& key) {
  // Indexed WCS cards go too: the primary HDU has no axes to speak of.
  static const std::regex kPattern(
      "|COMMENT|HISTORY|CONTINUE|END|HIERARCH|SIMPLE|XTENSION|EXTEND|BITPIX|"
      "NAXIS\\d*|PCOUNT|GCOUNT|GROUPS|BSCALE|BZERO|BLANK|CHECKSUM|DATASUM|"
      "ZHECKSUM|ZDATASUM|EXTNAME|EXTVER|INHERIT|DATE|DATAMIN|DATAMAX|WCS.*|"
      "C(TYPE|UNIT|RPIX|RVAL|DELT|ROTA|RDER|SYER|NAME)\\d+[A-Z]?|"
      "(CD|PC|PV|PS|A|B|AP|BP)\\d*_\\w+|PC0\\d{5}|(LON|LAT)POLE[A-Z]?");
  return std::regex_match(key, kPattern);
}

std::string KeyOf(const std::string& card) {
  return std::string(Trim(std::string_view(card).substr(0, 8)));
}

bool MayBePublished(const std::string& card) {
  const std::string_view value = std::string_view(card).substr(8);
  // A text that ends with '&' goes on in a CONTINUE card.
  return !DescribesOneFile(KeyOf(card)) && !HasLocalPath(value) &&
         value.find("&'") == std::string_view::npos;
}

std::string CommonCards(std::span<const InputRecord> inputs) {
  std::vector<std::string> common;
  for (const std::string& card : inputs.front().header.cards())
    if (MayBePublished(card)) common.push_back(card);
  for (const InputRecord& input : inputs.subspan(1)) {
    const std::set<std::string> cards(input.header.cards().begin(),
                                      input.header.cards().end());
    std::erase_if(common, [&](const std::string& card) {
      return cards.count(card) == 0;
    });
  }
  std::string text;
  std::set<std::string> seen;
  for (const std::string& card : common)
    if (seen.insert(KeyOf(card)).second) text += card;
  return text;
}

class ColumnMaker {
 public:
  explicit ColumnMaker(std::span<const InputRecord> inputs) : inputs_(inputs) {}

  template <typename Value>
  void Add(const std::string& name, const std::string& unit, Value value) {
    using Cell = std::decay_t<decltype(value(inputs_.front()))>;
    std::vector<Cell> cells;
    for (const InputRecord& input : inputs_) cells.push_back(value(input));
    columns_.push_back({name, std::move(cells), unit});
  }

  void AddOptional(const std::string& name, const std::string& unit,
                   std::optional<double> InputRecord::*member) {
    Add(name, unit, [&](const InputRecord& input) {
      return (input.*member).value_or(std::numeric_limits<double>::quiet_NaN());
    });
  }

  void AddCard(const std::string& key, const std::string& name) {
    Add(name, "", [&](const InputRecord& input) {
      return PublicText(input.header.Text(key).value_or(""));
    });
  }

  const std::vector<TableColumn>& columns() const { return columns_; }

 private:
  std::span<const InputRecord> inputs_;
  std::vector<TableColumn> columns_;
};

std::vector<TableColumn> ColumnsOf(std::span<const InputRecord> inputs) {
  ColumnMaker table(inputs);
  using In = const InputRecord&;
  table.Add("NAME", "", [](In in) { return PublicText(in.name); });
  table.Add("HDU", "", [](In in) { return std::int64_t{in.hdu}; });
  table.Add("RA", "deg", [](In in) { return in.centre.lon_deg; });
  table.Add("DEC", "deg", [](In in) { return in.centre.lat_deg; });
  table.Add("PIXEL_SCALE", "arcsec",
            [](In in) { return in.pixel_scale_arcsec; });
  table.Add("WIDTH", "pix", [](In in) { return std::int64_t{in.width}; });
  table.Add("HEIGHT", "pix", [](In in) { return std::int64_t{in.height}; });
  table.Add("BITPIX", "", [](In in) { return std::int64_t{in.bitpix}; });
  table.AddOptional("FREQUENCY", "Hz", &InputRecord::frequency_hz);
  table.AddOptional("BANDWIDTH", "Hz", &InputRecord::bandwidth_hz);
  table.AddOptional("BMAJ", "arcsec", &InputRecord::beam_major_arcsec);
  table.AddOptional("BMIN", "arcsec", &InputRecord::beam_minor_arcsec);
  table.AddOptional("BPA", "deg", &InputRecord::beam_angle_deg);
  table.AddOptional("MJD", "d", &InputRecord::mjd);
  table.AddCard("DATE-OBS", "DATE_OBS");
  table.Add("OBJECT", "", [](In in) { return PublicText(in.object); });
  table.AddCard("TELESCOP", "TELESCOP");
  table.AddCard("INSTRUME", "INSTRUME");
  table.Add("BUNIT", "", [](In in) { return in.unit; });
  return table.columns();
}

}  // namespace

Bytes EncodeMetadata(std::span<const InputRecord> inputs,
                     const std::string& creator_did) {
  if (inputs.empty())
    throw Error(ErrorKind::kUsage, "metadata.fits without any input");
  Header primary = Header::Parse(CommonCards(inputs));
  primary.Set("HIPSID", creator_did, "HiPS made of these inputs");
  primary.Set("NINPUTS", static_cast<std::int64_t>(inputs.size()),
              "images listed in extension INPUTS");
  Header extension;
  extension.Set("EXTNAME", "INPUTS", "one row an input image");
  return EncodeTable(ColumnsOf(inputs), extension, primary);
}

}  // namespace hips
