// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/table.h"

#include <fitsio.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "fits/assemble.h"
#include "fits/fits_handle.h"

namespace hips {
namespace {

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;
using Texts = std::vector<std::string>;

std::size_t RowCount(const TableColumn& column) {
  return std::visit([](const auto& values) { return values.size(); },
                    column.values);
}

// ---- Writing ----

void CheckColumn(const TableColumn& column, std::size_t rows) {
  if (RowCount(column) != rows)
    throw Error(ErrorKind::kUsage,
                Format("column {} has {} rows, the first one {}", column.name,
                       RowCount(column), rows));
  const auto* integers = std::get_if<Integers>(&column.values);
  if (integers == nullptr) return;
  if (column.integer_bytes != 4 && column.integer_bytes != 8)
    throw Error(ErrorKind::kUsage, Format("column {}: integers have 4 or 8 "
                                          "bytes, not {}",
                                          column.name, column.integer_bytes));
  if (column.integer_bytes == 8) return;
  for (const std::int64_t value : *integers)
    if (value != static_cast<std::int32_t>(value))
      throw Error(ErrorKind::kUsage,
                  Format("column {}: {} needs 8 bytes", column.name, value));
}

// Bytes of one value in the file.
std::size_t FieldBytes(const TableColumn& column) {
  if (std::holds_alternative<Integers>(column.values))
    return static_cast<std::size_t>(column.integer_bytes);
  if (std::holds_alternative<Reals>(column.values)) return 8;
  std::size_t longest = 1;
  for (const std::string& text : std::get<Texts>(column.values))
    longest = std::max(longest, text.size());
  return longest;
}

std::string FieldFormat(const TableColumn& column, std::size_t bytes) {
  if (std::holds_alternative<Integers>(column.values))
    return bytes == 4 ? "1J" : "1K";
  if (std::holds_alternative<Reals>(column.values)) return "1D";
  return Format("{}A", bytes);
}

// The lowest `size` bytes of `bits`, big-endian.
void PutBigEndian(std::uint64_t bits, std::size_t size, std::byte* place) {
  for (std::size_t i = 0; i < size; ++i)
    place[i] = static_cast<std::byte>(bits >> (8 * (size - 1 - i)) & 0xff);
}

void PutValue(std::int64_t value, std::size_t size, std::byte* place) {
  PutBigEndian(static_cast<std::uint64_t>(value), size, place);
}

void PutValue(double value, std::size_t size, std::byte* place) {
  PutBigEndian(std::bit_cast<std::uint64_t>(value), size, place);
}

// Texts are ASCII (FITS Standard 4.0, 7.3.3.1), filled up with blanks.
void PutValue(const std::string& value, std::size_t size, std::byte* place) {
  for (std::size_t i = 0; i < size; ++i) {
    const char c = i < value.size() ? value[i] : ' ';
    place[i] = static_cast<std::byte>(c < ' ' || c > '~' ? '?' : c);
  }
}

void PutColumn(const TableColumn& column, std::size_t size,
               std::size_t row_bytes, std::byte* place) {
  std::visit(
      [&](const auto& values) {
        for (const auto& value : values) {
          PutValue(value, size, place);
          place += row_bytes;
        }
      },
      column.values);
}

Header PrimaryHeader(const Header& extra) {
  Header header;
  header.Set("SIMPLE", true, "conforms to the FITS standard");
  header.Set("BITPIX", 8);
  header.Set("NAXIS", 0, "no pixels here, see the extension");
  header.Set("EXTEND", true);
  header.Append(extra);
  AddChecksumCards(header);
  return header;
}

Header TableHeader(const std::vector<TableColumn>& columns,
                   const std::vector<std::size_t>& sizes, std::size_t row_bytes,
                   std::size_t rows, const Header& extra) {
  Header header;
  header.Set("XTENSION", "BINTABLE", "binary table");
  header.Set("BITPIX", 8);
  header.Set("NAXIS", 2);
  header.Set("NAXIS1", static_cast<std::int64_t>(row_bytes), "bytes in a row");
  header.Set("NAXIS2", static_cast<std::int64_t>(rows), "rows");
  header.Set("PCOUNT", 0);
  header.Set("GCOUNT", 1);
  header.Set("TFIELDS", static_cast<std::int64_t>(columns.size()), "columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    header.Set(Format("TTYPE{}", i + 1), columns[i].name);
    header.Set(Format("TFORM{}", i + 1), FieldFormat(columns[i], sizes[i]));
    if (!columns[i].unit.empty())
      header.Set(Format("TUNIT{}", i + 1), columns[i].unit);
  }
  header.Append(extra);
  AddChecksumCards(header);
  return header;
}

void PutText(const std::string& text, std::byte* place) {
  std::memcpy(place, text.data(), text.size());
}

// ---- Reading ----

constexpr long kRowsAtOnce = 1 << 16;

// One column of an open table, as cfitsio describes it.
struct Field {
  int number = 0;         // from 1
  int type = 0;           // cfitsio's code of the values after TSCAL and TZERO
  std::size_t width = 1;  // bytes of one value
  std::size_t per_row = 1;  // values
};

Field DescribeField(fitsfile* file, int number) {
  int type = 0, stored_type = 0;
  LONGLONG repeat = 0, width = 0;
  int status = 0;
  // No null pointers here either: of an ASCII table all three are written.
  fits_get_coltypell(file, number, &stored_type, &repeat, &width, &status);
  fits_get_eqcoltypell(file, number, &type, &repeat, &width, &status);
  CheckFits(status, Format("cannot read the type of column {}", number));
  if (stored_type < 0)
    throw Error(ErrorKind::kBadInput,
                Format("column {} holds arrays of variable length, which are "
                       "not supported",
                       number));
  if (type == TCOMPLEX || type == TDBLCOMPLEX)
    throw Error(ErrorKind::kBadInput,
                Format("column {} holds complex numbers, which are not "
                       "supported",
                       number));
  // Texts of `width` characters share a field of `repeat`; in an ASCII table
  // cfitsio always says 1.
  if (type == TSTRING && repeat > 1 && width > 0) repeat /= width;
  return {number, type, static_cast<std::size_t>(width),
          static_cast<std::size_t>(repeat)};
}

void AppendValues(fitsfile* file, const Field& field, LONGLONG row,
                  LONGLONG count, Integers& values) {
  const std::size_t start = values.size();
  values.resize(start + static_cast<std::size_t>(count));
  int status = 0;
  if (field.type == TLOGICAL || field.type == TBIT) {
    std::vector<char> flags(static_cast<std::size_t>(count));
    fits_read_col(file, field.type, field.number, row, 1, count, nullptr,
                  flags.data(), nullptr, &status);
    std::copy(flags.begin(), flags.end(),
              values.begin() + static_cast<std::ptrdiff_t>(start));
  } else {
    static_assert(sizeof(LONGLONG) == sizeof(std::int64_t));
    fits_read_col(file, TLONGLONG, field.number, row, 1, count, nullptr,
                  values.data() + start, nullptr, &status);
  }
  CheckFits(status, Format("cannot read column {}", field.number));
}

void AppendValues(fitsfile* file, const Field& field, LONGLONG row,
                  LONGLONG count, Reals& values) {
  const std::size_t start = values.size();
  values.resize(start + static_cast<std::size_t>(count));
  double blank = std::numeric_limits<double>::quiet_NaN();
  int any_blank = 0;  // not optional: cfitsio writes through it at a NaN
  int status = 0;
  fits_read_col(file, TDOUBLE, field.number, row, 1, count, &blank,
                values.data() + start, &any_blank, &status);
  CheckFits(status, Format("cannot read column {}", field.number));
}

void AppendValues(fitsfile* file, const Field& field, LONGLONG row,
                  LONGLONG count, Texts& values) {
  const auto size = static_cast<std::size_t>(count);
  const std::size_t room = field.width + 1;
  std::vector<char> characters(size * room);
  std::vector<char*> places(size);
  for (std::size_t i = 0; i < size; ++i)
    places[i] = characters.data() + i * room;
  int status = 0;
  fits_read_col(file, TSTRING, field.number, row, 1, count, nullptr,
                places.data(), nullptr, &status);
  CheckFits(status, Format("cannot read column {}", field.number));
  for (const char* place : places) {
    std::string text(place);
    text.erase(text.find_last_not_of(' ') + 1);
    values.push_back(std::move(text));
  }
}

// Rows in portions: a header that promises more than there is fails at the end
// of the file, not in the allocator.
template <typename Values>
Values ReadValues(fitsfile* file, const Field& field, LONGLONG rows) {
  Values values;
  const auto per_row = static_cast<LONGLONG>(field.per_row);
  if (per_row == 0) return values;
  const LONGLONG portion = std::max<LONGLONG>(1, kRowsAtOnce / per_row);
  for (LONGLONG row = 1; row <= rows; row += portion)
    AppendValues(file, field, row, std::min(portion, rows - row + 1) * per_row,
                 values);
  return values;
}

TableColumn ReadColumn(fitsfile* file, const Header& header, int number,
                       LONGLONG rows) {
  const Field field = DescribeField(file, number);
  TableColumn column;
  column.name = header.Text(Format("TTYPE{}", number)).value_or("");
  column.unit = header.Text(Format("TUNIT{}", number)).value_or("");
  switch (field.type) {
    case TSTRING:
      column.values = ReadValues<Texts>(file, field, rows);
      break;
    case TFLOAT:
    case TDOUBLE:
      column.values = ReadValues<Reals>(file, field, rows);
      break;
    default:
      column.values = ReadValues<Integers>(file, field, rows);
      column.integer_bytes = field.width > 4 || field.type == TLONGLONG ? 8 : 4;
  }
  return column;
}

// The rows must be in the file before memory is taken for them.
LONGLONG CountRows(const FitsHandle& file) {
  LONGLONG rows = 0, row_bytes = 0, start = 0;
  int status = 0;
  fits_get_num_rowsll(file.get(), &rows, &status);
  fits_read_key_lnglng(file.get(), "NAXIS1", &row_bytes, nullptr, &status);
  fits_get_hduaddrll(file.get(), nullptr, &start, nullptr, &status);
  CheckFits(status, "cannot read the size of the table");
  LONGLONG needed = 0;
  const auto size = static_cast<LONGLONG>(file.raw().size());
  if (file.plain() && (__builtin_mul_overflow(rows, row_bytes, &needed) ||
                       needed > size - start))
    throw Error(ErrorKind::kBadInput,
                Format("the file is truncated: its header promises {} rows of "
                       "{} bytes, {} bytes are there",
                       rows, row_bytes, std::max<LONGLONG>(0, size - start)));
  return rows;
}

Table ReadOpenTable(FitsHandle& file, int hdu_index) {
  file.MoveTo(hdu_index);
  int type = IMAGE_HDU, count = 0;
  int status = 0;
  fits_get_hdu_type(file.get(), &type, &status);
  CheckFits(status, "cannot read the header");
  if (type == IMAGE_HDU)
    throw Error(ErrorKind::kBadInput, "the HDU is an image, not a table");
  fits_get_num_cols(file.get(), &count, &status);
  CheckFits(status, "cannot count the columns");
  Table table;
  table.header = Header::Parse(file.HeaderCards());
  const LONGLONG rows = CountRows(file);
  for (int number = 1; number <= count; ++number)
    table.columns.push_back(ReadColumn(file.get(), table.header, number, rows));
  return table;
}

}  // namespace

Bytes EncodeTable(const std::vector<TableColumn>& columns, const Header& extra,
                  const Header& primary) {
  const std::size_t rows = columns.empty() ? 0 : RowCount(columns.front());
  std::vector<std::size_t> sizes;
  std::size_t row_bytes = 0;
  for (const TableColumn& column : columns) {
    CheckColumn(column, rows);
    sizes.push_back(FieldBytes(column));
    row_bytes += sizes.back();
  }
  const std::string first = PrimaryHeader(primary).Block();
  const std::string second =
      TableHeader(columns, sizes, row_bytes, rows, extra).Block();
  const std::size_t data_start = first.size() + second.size();
  Bytes bytes(data_start + PaddedToBlock(rows * row_bytes));
  PutText(first, bytes.data());
  PutText(second, bytes.data() + first.size());
  std::byte* place = bytes.data() + data_start;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    PutColumn(columns[i], sizes[i], row_bytes, place);
    place += sizes[i];
  }
  const auto whole = std::span(bytes);
  UpdateChecksums(whole.first(first.size()), first.size());
  UpdateChecksums(whole.subspan(first.size()), second.size());
  return bytes;
}

const TableColumn* Table::Find(const std::string& name) const {
  const std::string wanted = Lower(name);
  const auto found = std::find_if(
      columns.begin(), columns.end(),
      [&wanted](const auto& column) { return Lower(column.name) == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

Table ReadTable(const std::filesystem::path& path, int hdu_index) {
  FitsHandle file(path);
  try {
    return ReadOpenTable(file, hdu_index);
  } catch (const Error& error) {
    throw error.In(HduName(path, hdu_index));
  }
}

}  // namespace hips
