// SPDX-License-Identifier: GPL-3.0-or-later
// MOCs as text and as FITS tables.
#include <algorithm>
#include <bit>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "fits/table.h"
#include "moc/moc.h"

namespace hips {
namespace {

// ---- Text ----

Error BadText(const std::string& what) {
  return Error(ErrorKind::kUsage, "not a MOC: " + what);
}

int CheckedOrder(const std::optional<std::int64_t>& order,
                 std::string_view text) {
  if (!order || *order < 0 || *order > kMaxOrder)
    throw BadText(Format("order '{}' is none of 0..{}", text, kMaxOrder));
  return static_cast<int>(*order);
}

// first and last are cells of `order`, both included.
Moc::Range CheckedRange(int order, std::int64_t first, std::int64_t last) {
  if (first < 0 || first > last || last >= CellCount(order))
    throw BadText(Format("order {} has cells 0-{}, not {}-{}", order,
                         CellCount(order) - 1, first, last));
  const int shift = 2 * (kMaxOrder - order);
  return {first << shift, (last + 1) << shift};
}

// "7" or "7-9".
Moc::Range ParseCells(int order, std::string_view word) {
  const std::size_t dash = word.find('-');
  const auto first = ParseInteger(word.substr(0, dash));
  const auto last = dash == std::string_view::npos
                        ? first
                        : ParseInteger(word.substr(dash + 1));
  if (!first || !last) throw BadText(Format("'{}' is no cell", word));
  return CheckedRange(order, *first, *last);
}

Moc ParseAscii(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), ',', ' ');
  std::vector<Moc::Range> ranges;
  int deepest = 0;
  std::optional<int> order;
  for (const std::string& word : SplitBlank(blanks)) {
    std::string_view rest = word;
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos) {
      std::string_view number = rest.substr(0, slash);
      if (number.starts_with('s')) number.remove_prefix(1);
      order = CheckedOrder(ParseInteger(number), number);
      deepest = std::max(deepest, *order);
      rest.remove_prefix(slash + 1);
    }
    if (!order) throw BadText(Format("'{}' comes before any order/", word));
    if (!rest.empty()) ranges.push_back(ParseCells(*order, rest));
  }
  if (!order) throw BadText("the text is empty");
  return Moc::FromRanges(deepest, std::move(ranges));
}

Moc ParseJson(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.empty())
    throw BadText("the JSON is no object of orders");
  std::vector<Moc::Range> ranges;
  int deepest = 0;
  for (const auto& [key, cells] : json.items()) {
    const int order = CheckedOrder(ParseInteger(key), key);
    deepest = std::max(deepest, order);
    if (!cells.is_array())
      throw BadText(Format("order {} holds no list of cells", order));
    for (const Json& cell : cells) {
      if (!cell.is_number_integer())
        throw BadText(Format("{} is no cell of order {}", cell.dump(), order));
      const auto npix = cell.get<std::int64_t>();
      ranges.push_back(CheckedRange(order, npix, npix));
    }
  }
  return Moc::FromRanges(deepest, std::move(ranges));
}

// ---- FITS ----

// uniq = 4 * 4^order + npix (MOC 2.0, 4.2.2): in [4^(order + 1), 4^(order +
// 2)).
std::int64_t Uniq(TileAddress cell) {
  return (std::int64_t{4} << (2 * cell.order)) + cell.npix;
}

TileAddress FromUniq(std::int64_t uniq) {
  const auto bits = static_cast<std::uint64_t>(uniq);
  const int order = (static_cast<int>(std::bit_width(bits)) - 1) / 2 - 1;
  if (uniq < 4 || order > kMaxOrder)
    throw Error(ErrorKind::kBadInput, Format("{} is no NUNIQ cell", uniq));
  return {order, uniq - (std::int64_t{4} << (2 * order))};
}

void CheckIsSpaceMoc(const Header& header) {
  const std::string dimension = header.Text("MOCDIM").value_or("SPACE");
  if (dimension != "SPACE")
    throw Error(ErrorKind::kBadInput,
                Format("a MOC of {}, not of SPACE", dimension));
  const std::string frame = header.Text("COORDSYS").value_or("C");
  if (frame != "C")
    throw Error(ErrorKind::kBadInput,
                Format("the frame of the MOC is '{}', not ICRS (C)", frame));
}

const std::vector<std::int64_t>& ValuesOf(const Table& table) {
  if (!table.columns.empty())
    if (const auto* values = std::get_if<std::vector<std::int64_t>>(
            &table.columns.front().values))
      return *values;
  throw Error(ErrorKind::kBadInput,
              "not a MOC: the first column holds no integers");
}

// The order that the header states; a MOC that states none, or one that its
// cells do not fit into, has that of its deepest cell.
int OrderOf(const Header& header, int deepest) {
  auto stated = header.Integer("MOCORD_S");
  if (!stated) stated = header.Integer("MOCORDER");
  if (!stated) return deepest;
  if (*stated < 0 || *stated > kMaxOrder)
    throw Error(ErrorKind::kBadInput,
                Format("MOC order {} is outside 0..{}", *stated, kMaxOrder));
  return std::max(static_cast<int>(*stated), deepest);
}

Moc FromUniqs(const Table& table) {
  std::vector<TileAddress> cells;
  int deepest = 0;
  for (const std::int64_t uniq : ValuesOf(table)) {
    cells.push_back(FromUniq(uniq));
    deepest = std::max(deepest, cells.back().order);
  }
  return Moc::FromCells(OrderOf(table.header, deepest), cells);
}

// The coarsest order with a cell border at `end`.
int OrderOfBorder(std::int64_t end) {
  if (end == 0) return 0;
  const int zeros = std::countr_zero(static_cast<std::uint64_t>(end));
  return kMaxOrder - std::min(zeros / 2, kMaxOrder);
}

Moc FromRangeColumn(const Table& table) {
  const std::vector<std::int64_t>& ends = ValuesOf(table);
  if (ends.size() % 2 != 0)
    throw Error(ErrorKind::kBadInput, "the last range of the MOC has no end");
  std::vector<Moc::Range> ranges;
  int deepest = 0;
  for (std::size_t i = 0; i < ends.size(); i += 2) {
    if (ends[i] < 0 || ends[i] >= ends[i + 1] ||
        ends[i + 1] > CellCount(kMaxOrder))
      throw Error(ErrorKind::kBadInput, Format("[{}, {}) is no range of cells",
                                               ends[i], ends[i + 1]));
    ranges.emplace_back(ends[i], ends[i + 1]);
    deepest =
        std::max({deepest, OrderOfBorder(ends[i]), OrderOfBorder(ends[i + 1])});
  }
  return Moc::FromRanges(OrderOf(table.header, deepest), std::move(ranges));
}

Moc FromTable(const Table& table) {
  CheckIsSpaceMoc(table.header);
  const std::string ordering = table.header.Text("ORDERING").value_or("");
  if (ordering == "NUNIQ") return FromUniqs(table);
  if (ordering == "RANGE") return FromRangeColumn(table);
  throw Error(
      ErrorKind::kBadInput,
      Format("not a MOC: ORDERING is '{}', neither NUNIQ nor RANGE", ordering));
}

}  // namespace

std::string Moc::Ascii() const {
  std::string text;
  int order = -1;
  const std::vector<TileAddress> cells = Cells();
  for (std::size_t i = 0; i < cells.size();) {
    std::size_t last = i;
    while (last + 1 < cells.size() && cells[last + 1].order == cells[i].order &&
           cells[last + 1].npix == cells[last].npix + 1)
      ++last;
    if (!text.empty()) text += ' ';
    if (cells[i].order != order) text += Format("{}/", cells[i].order);
    order = cells[i].order;
    text += std::to_string(cells[i].npix);
    if (last > i) text += Format("-{}", cells[last].npix);
    i = last + 1;
  }
  if (order == order_) return text;
  return text + (text.empty() ? "" : " ") + Format("{}/", order_);
}

std::string Moc::JsonText() const {
  Json json = Json::object();
  for (const TileAddress& cell : Cells())
    json[std::to_string(cell.order)].push_back(cell.npix);
  const std::string own = std::to_string(order_);
  if (!json.contains(own)) json[own] = Json::array();
  return json.dump();
}

Bytes Moc::Fits(std::string_view frame) const {
  TableColumn column;
  column.name = "UNIQ";
  column.integer_bytes = order_ < 14 ? 4 : 8;
  std::vector<std::int64_t> uniqs;
  for (const TileAddress& cell : Cells()) uniqs.push_back(Uniq(cell));
  column.values = std::move(uniqs);

  Header header;
  header.Set("PIXTYPE", "HEALPIX");
  header.Set("ORDERING", "NUNIQ", "4 * 4^order + NESTED index");
  header.Set("COORDSYS", frame, frame == "C" ? "ICRS" : "frame of the HiPS");
  header.Set("MOCVERS", "2.0", "IVOA MOC");
  header.Set("MOCDIM", "SPACE");
  header.Set("MOCORD_S", order_, "resolution");
  header.Set("MOCORDER", order_, "the same for readers of MOC 1.x");
  header.Set("MOCTOOL", "hipsgen");
  return EncodeTable({column}, header);
}

Moc ParseMoc(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  return trimmed.starts_with('{') ? ParseJson(trimmed) : ParseAscii(trimmed);
}

Moc ReadMoc(const std::filesystem::path& path) {
  const Table table = ReadTable(path, 1);
  try {
    return FromTable(table);
  } catch (const Error& error) {
    throw error.In(path.string());
  }
}

}  // namespace hips
