// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/moc_query.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::size_t kMostParameters = 64;
constexpr std::size_t kMostMocBytes = 65536;
// What an example shows of a value; as the MocServer.
constexpr std::size_t kExampleBytes = 67;

// Lower case; their own names in the URL are get, RA, MAXREC, ...
constexpr std::array<std::string_view, 16> kOwnNames = {
    "get",   "fmt",           "expr", "fields", "ra",        "dec",
    "sr",    "stc",           "moc",  "url",    "intersect", "spacesys",
    "order", "casesensitive", "time", "maxrec"};

Error Usage(const std::string& message) { return {ErrorKind::kUsage, message}; }

// ---- From parameters to a query ----

// The parameters that the query language has, and the conditions besides.
struct Sorted {
  std::map<std::string, std::string, std::less<>> own;
  std::vector<QueryParameter> conditions;

  const std::string* Find(std::string_view name) const {
    const auto found = own.find(name);
    return found == own.end() ? nullptr : &found->second;
  }
};

Sorted SortParameters(std::span<const QueryParameter> parameters) {
  if (parameters.size() > kMostParameters)
    throw Usage(Format("{} parameters, at most {} are taken", parameters.size(),
                       kMostParameters));
  Sorted sorted;
  for (const auto& [name, value] : parameters) {
    if (Trim(value).empty() || name.empty()) continue;
    const std::string lower = Lower(name);
    const bool is_own =
        std::find(kOwnNames.begin(), kOwnNames.end(), lower) != kOwnNames.end();
    if (!is_own)
      sorted.conditions.emplace_back(name, value);
    else if (!sorted.own.emplace(lower, value).second)
      throw Usage(Format("{} is given twice", name));
  }
  return sorted;
}

MocQuery::Get ParseGet(std::string_view word) {
  using Get = MocQuery::Get;
  const std::string lower = Lower(Trim(word));
  if (lower == "id") return Get::kId;
  if (lower == "record") return Get::kRecord;
  if (lower == "number") return Get::kNumber;
  if (lower == "moc" || lower == "smoc") return Get::kMoc;
  if (lower == "example") return Get::kExample;
  throw Usage(
      Format("get '{}' is none of id, record, number, moc, example", word));
}

bool ParseIsJson(std::string_view word) {
  const std::string lower = Lower(Trim(word));
  if (lower == "json") return true;
  if (lower == "ascii" || lower == "text") return false;
  throw Usage(Format("fmt '{}' is neither ascii nor json", word));
}

LetterCase ParseLetterCase(std::string_view word) {
  const std::string lower = Lower(Trim(word));
  if (lower == "true" || lower == "1") return LetterCase::kMatters;
  if (lower == "false" || lower == "0") return LetterCase::kIgnored;
  throw Usage(Format("casesensitive '{}' is neither true nor false", word));
}

std::size_t ParseMostRecords(std::string_view word) {
  const auto count = ParseInteger(word);
  if (!count || *count < 0)
    throw Usage(Format("MAXREC '{}' is no number of records", word));
  return static_cast<std::size_t>(*count);
}

double ParseDegrees(const char* name, const std::string* word) {
  const auto number = word == nullptr ? std::nullopt : ParseNumber(*word);
  if (!number) throw Usage(Format("{} must be a number of degrees", name));
  return *number;
}

Moc ParseInlineMoc(const std::string& text) {
  if (text.size() > kMostMocBytes)
    throw Usage(Format("moc: {} characters, at most {} are taken", text.size(),
                       kMostMocBytes));
  return ParseMoc(text);
}

std::optional<Moc> ParseRegionOf(const Sorted& sorted) {
  const bool has_cone =
      sorted.Find("ra") || sorted.Find("dec") || sorted.Find("sr");
  const std::string* stc = sorted.Find("stc");
  const std::string* moc = sorted.Find("moc");
  if ((has_cone ? 1 : 0) + (stc ? 1 : 0) + (moc ? 1 : 0) > 1)
    throw Usage("one region at a time: RA DEC SR, stc or moc");
  if (stc) return StcRegion(*stc);
  if (moc) return ParseInlineMoc(*moc);
  if (!has_cone) return std::nullopt;
  const double ra = ParseDegrees("RA", sorted.Find("ra"));
  const double dec = ParseDegrees("DEC", sorted.Find("dec"));
  const double radius =
      sorted.Find("sr") ? ParseDegrees("SR", sorted.Find("sr")) : 0.0;
  return ConeRegion(ra, dec, radius);
}

// Frames of the sky; planets and moons have their own names.
Expression ConditionOfFrame(std::string_view system) {
  return Expression::OfField(
      "hips_frame", Lower(Trim(system)) == "c"
                        ? std::string_view("equatorial,galactic,ecliptic")
                        : system);
}

Expression ParseCondition(const Sorted& sorted) {
  Expression all;
  if (const std::string* expr = sorted.Find("expr"))
    all = Expression::Parse(*expr);
  for (const auto& [key, values] : sorted.conditions)
    all = Expression::And(std::move(all), Expression::OfField(key, values));
  if (const std::string* system = sorted.Find("spacesys"))
    all = Expression::And(std::move(all), ConditionOfFrame(*system));
  return all;
}

// ---- From a query to text ----

// `properties` should be UTF-8; what is not must not end the answer.
std::string JsonText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

QueryAnswer JsonAnswer(const Json& json) {
  return {JsonText(json) + "\n", kJsonType};
}

QueryAnswer IdAnswer(const HipsRecords& records, bool as_json) {
  Json ids = Json::array();
  std::string lines;
  for (const auto& record : records) {
    if (as_json)
      ids.push_back(record->id);
    else
      lines += record->id + "\n";
  }
  return as_json ? JsonAnswer(ids) : QueryAnswer{lines, kTextType};
}

// A record a line, so that JSON can be read by eye and by grep.
QueryAnswer RecordAnswer(const HipsRecords& records, const FieldFilter& fields,
                         std::string_view base_url, bool as_json) {
  std::string text;
  for (const auto& record : records) {
    const RecordView view(*record, base_url);
    if (as_json) {
      if (!text.empty()) text += ",\n";
      text += JsonText(RecordJson(view, fields));
    } else {
      if (!text.empty()) text += '\n';
      text += RecordText(view, fields);
    }
  }
  if (!as_json) return {text, kTextType};
  return {"[" + text + "]\n", kJsonType};
}

QueryAnswer NumberAnswer(std::size_t count, bool as_json) {
  return {std::to_string(count) + "\n", as_json ? kJsonType : kTextType};
}

QueryAnswer MocAnswer(const HipsRecords& records, const MocQuery& query) {
  std::vector<const Moc*> mocs;
  for (const auto& record : records)
    if (record->moc) mocs.push_back(&*record->moc);
  return EncodeMoc(UnionOf(mocs, query.moc_order), query.moc_format);
}

// Every key there is, with the number of records that have it and a value of
// the first: "(12x) ex: image".
QueryAnswer ExampleAnswer(const HipsRecords& records, std::string_view base_url,
                          bool as_json) {
  struct Example {
    std::size_t count = 0;
    const HipsRecord* last = nullptr;
    std::string value;
  };
  std::vector<std::string> keys;
  std::map<std::string, Example> examples;
  for (const auto& record : records) {
    RecordView(*record, base_url)
        .AnyEntry([&](std::string_view key, auto text) {
          Example& example = examples[std::string(key)];
          if (example.count == 0) {
            keys.emplace_back(key);
            example.value =
                text.size() > kExampleBytes
                    ? std::string(text.substr(0, kExampleBytes)) + "..."
                    : std::string(text);
          }
          if (example.last != record.get()) ++example.count;
          example.last = record.get();
          return false;
        });
  }
  Properties summary;
  for (const std::string& key : keys)
    summary.Add(
        key, Format("({}x) ex: {}", examples[key].count, examples[key].value));
  const HipsRecord record{"", "", std::move(summary), std::nullopt};
  const RecordView view(record, "");
  return as_json ? JsonAnswer(Json::array({RecordJson(view, FieldFilter())}))
                 : QueryAnswer{RecordText(view, FieldFilter()), kTextType};
}

}  // namespace

MocQuery MocQuery::Parse(std::span<const QueryParameter> parameters) {
  const Sorted sorted = SortParameters(parameters);
  for (const char* refused : {"time", "url"})
    if (sorted.Find(refused))
      throw Usage(Format("{} is not supported", Upper(refused)));
  MocQuery query;
  if (const auto* word = sorted.Find("get")) query.get = ParseGet(*word);
  if (const auto* word = sorted.Find("fmt")) {
    if (query.get == Get::kMoc)
      query.moc_format = ParseMocFormat(*word);
    else
      query.as_json = ParseIsJson(*word);
  }
  if (const auto* word = sorted.Find("order"))
    query.moc_order = ParseMocOrder(*word);
  if (const auto* word = sorted.Find("fields"))
    query.fields = FieldFilter::Parse(*word);
  if (const auto* word = sorted.Find("intersect"))
    query.intersect = ParseIntersect(*word);
  if (const auto* word = sorted.Find("casesensitive"))
    query.letters = ParseLetterCase(*word);
  if (const auto* word = sorted.Find("maxrec"))
    query.most_records = ParseMostRecords(*word);
  query.condition = ParseCondition(sorted);
  query.region = ParseRegionOf(sorted);
  return query;
}

HipsRecords Select(const MocQuery& query, const HipsRecords& records,
                   std::string_view base_url) {
  HipsRecords selected;
  for (const auto& record : records) {
    if (query.most_records && selected.size() >= *query.most_records) break;
    if (!query.condition.Matches(RecordView(*record, base_url), query.letters))
      continue;
    if (query.region &&
        (!record->moc ||
         !RegionMatches(*record->moc, *query.region, query.intersect)))
      continue;
    selected.push_back(record);
  }
  return selected;
}

QueryAnswer AnswerMocQuery(const MocQuery& query, const HipsRecords& records,
                           std::string_view base_url) {
  const HipsRecords selected = Select(query, records, base_url);
  switch (query.get) {
    case MocQuery::Get::kId:
      return IdAnswer(selected, query.as_json);
    case MocQuery::Get::kRecord:
      return RecordAnswer(selected, query.fields, base_url, query.as_json);
    case MocQuery::Get::kNumber:
      return NumberAnswer(selected.size(), query.as_json);
    case MocQuery::Get::kMoc:
      return MocAnswer(selected, query);
    case MocQuery::Get::kExample:
      break;
  }
  return ExampleAnswer(selected, base_url, query.as_json);
}

}  // namespace hips
