// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/compressed_header.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

// Cards that describe the table or the compression, not the image.
constexpr std::array<std::string_view, 23> kTableKeys = {
    "XTENSION", "BITPIX",   "NAXIS",    "PCOUNT",   "GCOUNT",   "TFIELDS",
    "THEAP",    "CHECKSUM", "DATASUM",  "ZIMAGE",   "ZSIMPLE",  "ZEXTEND",
    "ZBLOCKED", "ZTENSION", "ZPCOUNT",  "ZGCOUNT",  "ZBITPIX",  "ZNAXIS",
    "ZCMPTYPE", "ZQUANTIZ", "ZDITHER0", "ZHECKSUM", "ZDATASUM",
};
constexpr std::array<std::string_view, 17> kIndexedTableKeys = {
    "NAXIS", "TTYPE", "TFORM",    "TUNIT",  "TSCAL",  "TZERO",
    "TNULL", "TDISP", "TDIM",     "TBCOL",  "ZNAXIS", "ZTILE",
    "ZNAME", "ZVAL",  "ZMASKCMP", "ZSCALE", "ZZERO",
};

bool IsDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool IsOfTheTable(std::string_view key) {
  if (std::find(kTableKeys.begin(), kTableKeys.end(), key) != kTableKeys.end())
    return true;
  return std::any_of(kIndexedTableKeys.begin(), kIndexedTableKeys.end(),
                     [key](std::string_view stem) {
                       return key.starts_with(stem) &&
                              IsDigits(key.substr(stem.size()));
                     });
}

std::int64_t Needed(const Header& table, const std::string& key) {
  const auto value = table.Integer(key);
  if (!value)
    throw Error(ErrorKind::kBadInput,
                Format("the compressed image has no {} card", key));
  return *value;
}

Header MandatoryCards(const Header& table) {
  Header image;
  const bool primary = table.Has("ZSIMPLE");
  if (primary)
    image.Set("SIMPLE", true);
  else
    image.Set("XTENSION", "IMAGE");
  image.Set("BITPIX", Needed(table, "ZBITPIX"));
  const std::int64_t axes = Needed(table, "ZNAXIS");
  if (axes < 0 || axes > 999)
    throw Error(ErrorKind::kBadInput, "ZNAXIS is out of range");
  image.Set("NAXIS", axes);
  for (std::int64_t i = 1; i <= axes; ++i)
    image.Set(Format("NAXIS{}", i), Needed(table, Format("ZNAXIS{}", i)));
  if (!primary) {
    image.Set("PCOUNT", table.Integer("ZPCOUNT").value_or(0));
    image.Set("GCOUNT", table.Integer("ZGCOUNT").value_or(1));
  }
  return image;
}

}  // namespace

Header ImageInside(const Header& table) {
  std::string cards;
  for (const std::string& card : table.cards()) {
    const std::string_view key = Trim(std::string_view(card).substr(0, 8));
    if (!IsOfTheTable(key)) cards += card;
  }
  Header rest = Header::Parse(cards);
  // The name that every writer gives a table that had none.
  if (rest.Text("EXTNAME") == "COMPRESSED_IMAGE") rest.Remove("EXTNAME");
  // Stored values that stand for blank; of a float image, quantized ones.
  const auto blank = table.Integer("ZBLANK");
  rest.Remove("ZBLANK");
  if (blank && Needed(table, "ZBITPIX") > 0 && !rest.Has("BLANK"))
    rest.Set("BLANK", *blank);
  Header image = MandatoryCards(table);
  image.Append(rest);
  return image;
}

}  // namespace hips
