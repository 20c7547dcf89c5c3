// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsserve/config.h"

#include <arpa/inet.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kMostThreads = 10000;
constexpr int kMostConnections = 1'000'000;
constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 40;

Error Usage(const std::string& message) {
  return Error(ErrorKind::kUsage, message);
}

// One key of the file, with the words for its faults.
class Value {
 public:
  // base  what folders in the file are relative to
  Value(std::string key, const toml::node& node, const fs::path& base)
      : key_(std::move(key)), node_(node), base_(base) {}

  std::string Text() const { return As<std::string>("a text in quotes"); }
  fs::path Path() const { return base_ / Text(); }
  bool Flag() const { return As<bool>("true or false"); }
  std::int64_t Integer() const { return As<std::int64_t>("a whole number"); }

  int Integer(int low, int high) const {
    const std::int64_t number = Integer();
    if (number < low || number > high)
      throw Fault(Format("{} to {}", low, high));
    return static_cast<int>(number);
  }

  double Number(double low, double high) const {
    const auto number = node_.value<double>();
    if (!node_.is_number() || !number || !(*number >= low && *number <= high))
      throw Fault(
          Format("a number, {} to {}", NumberText(low), NumberText(high)));
    return *number;
  }

  std::uint64_t Bytes(std::uint64_t low, std::uint64_t high) const {
    const auto text = node_.value_exact<std::string>();
    const auto whole = node_.value_exact<std::int64_t>();
    std::optional<std::uint64_t> bytes;
    if (text) bytes = ParseBytes(*text);
    if (whole && *whole >= 0) bytes = static_cast<std::uint64_t>(*whole);
    if (!bytes || *bytes < low || *bytes > high)
      throw Fault(
          Format("bytes, such as 65536 or \"64K\", {} to {}", low, high));
    return *bytes;
  }

  std::vector<std::string> Texts() const {
    const toml::array* array = node_.as_array();
    if (array == nullptr) throw Fault("a list of texts");
    std::vector<std::string> texts;
    for (const toml::node& element : *array)
      texts.push_back(Value(key_, element, base_).Text());
    return texts;
  }

  std::vector<fs::path> Paths() const {
    std::vector<fs::path> paths;
    for (const std::string& text : Texts()) paths.push_back(base_ / text);
    return paths;
  }

  // The values of a table, sorted by name.
  std::map<std::string, Value> Table() const {
    const toml::table* table = node_.as_table();
    if (table == nullptr) throw Fault("a table");
    std::map<std::string, Value> entries;
    for (const auto& [name, node] : *table)
      entries.emplace(std::string(name.str()),
                      Value(key_ + "." + std::string(name.str()), node, base_));
    return entries;
  }

  // What `parse` makes of the text; its fault gets line and key.
  template <typename Parse>
  auto Parsed(Parse parse) const {
    return ParsedFrom(Text(), parse);
  }

  template <typename Parse>
  auto ParsedEach(Parse parse) const {
    std::vector<decltype(parse(std::string()))> values;
    for (const std::string& text : Texts())
      values.push_back(ParsedFrom(text, parse));
    return values;
  }

  Error Fault(std::string_view expected) const {
    return Usage(Format("line {}: {}: expected {}", line(), key_, expected));
  }

  std::uint32_t line() const { return node_.source().begin.line; }

 private:
  template <typename T>
  T As(const char* expected) const {
    // Of this very type: toml++ would turn 1.0 into 1, and 1 into true.
    const auto value = node_.value_exact<T>();
    if (!value) throw Fault(expected);
    return *value;
  }

  template <typename Parse>
  auto ParsedFrom(const std::string& text, Parse parse) const {
    try {
      return parse(text);
    } catch (const Error& error) {
      throw error.In(key_).In(Format("line {}", line()));
    }
  }

  std::string key_;
  const toml::node& node_;
  const fs::path& base_;
};

// The path that an entry of a table names, fit to be served at.
std::string ServedPath(const std::string& path, const Value& value) {
  if (const auto fault = PathFault(path))
    throw Usage(Format("line {}: path \"{}\": {}", value.line(), path, *fault));
  return path;
}

// "/CDS/P/*": of the paths that HiPSes are served at.
std::string ServedPattern(const std::string& pattern, const Value& value) {
  if (!pattern.starts_with('/') && !pattern.starts_with('*'))
    throw Usage(Format(
        "line {}: \"{}\": expected a pattern of paths, such as \"/CDS/P/*\"",
        value.line(), pattern));
  return pattern;
}

std::string ParseStatus(const std::string& word) {
  if (word != "master" && word != "mirror" && word != "partial")
    throw Usage(Format("\"{}\": expected master, mirror or partial", word));
  return word;
}

LogFormat ParseAccessFormat(const std::string& text) {
  if (text == "combined") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  throw Usage(Format("\"{}\": expected combined or json", text));
}

using Setter = void (*)(const Value&, ServeConfig&);

using Comparison = bool (*)(const ServeConfig&, const ServeConfig&);

struct Key {
  const char* name;  ///< with a dot: of a table
  Setter set;
  /// Of a key that counts at the next start only; nullptr: at once.
  Comparison is_same = nullptr;
};

template <auto member>
bool Same(const ServeConfig& a, const ServeConfig& b) {
  return a.*member == b.*member;
}

template <auto table, auto member>
bool SameIn(const ServeConfig& a, const ServeConfig& b) {
  return a.*table.*member == b.*table.*member;
}

// In the order of configs/hipsserve.toml.
const std::array kKeys = {
    Key{"folders",
        [](const Value& v, ServeConfig& c) {
          for (const fs::path& folder : v.Paths()) c.folders.push_back(folder);
        }},
    Key{"mount",
        [](const Value& v, ServeConfig& c) {
          for (const auto& [path, folder] : v.Table())
            c.mounts.push_back({ServedPath(path, folder), folder.Path()});
        }},
    Key{"aliases",
        [](const Value& v, ServeConfig& c) {
          for (const auto& [path, target] : v.Table()) {
            ServedPath(path, target);
            // What is no path of a HiPS is a folder beside the file.
            if (target.Text().starts_with('/'))
              c.aliases.push_back({path, target.Text()});
            else
              c.mounts.push_back({path, target.Path()});
          }
        }},
    Key{"status",
        [](const Value& v, ServeConfig& c) {
          for (const auto& [pattern, word] : v.Table())
            c.statuses.push_back(
                {ServedPattern(pattern, word), word.Parsed(ParseStatus)});
        }},
    Key{"listen",
        [](const Value& v, ServeConfig& c) { c.listen = v.Parsed(ParseListen); },
        Same<&ServeConfig::listen>},
    Key{"reuse_port",
        [](const Value& v, ServeConfig& c) { c.reuse_port = v.Flag(); },
        Same<&ServeConfig::reuse_port>},
    Key{"public_url",
        [](const Value& v, ServeConfig& c) {
          c.public_url = v.Parsed(ParsePublicUrl);
        }},
    Key{"trusted_proxies",
        [](const Value& v, ServeConfig& c) {
          c.trusted_proxies = v.ParsedEach(ParseAddressRange);
        },
        Same<&ServeConfig::trusted_proxies>},
    Key{"credentials",
        [](const Value& v, ServeConfig& c) {
          c.credentials = v.ParsedEach(ParseOrigin);
        }},
    Key{"title", [](const Value& v, ServeConfig& c) { c.title = v.Text(); }},
    Key{"loops",
        [](const Value& v, ServeConfig& c) {
          c.loops = v.Integer(0, kMostThreads);
        },
        Same<&ServeConfig::loops>},
    Key{"workers",
        [](const Value& v, ServeConfig& c) {
          c.workers = v.Integer(0, kMostThreads);
        },
        Same<&ServeConfig::workers>},
    Key{"threads",
        [](const Value& v, ServeConfig& c) {
          c.loops = v.Integer(1, kMostThreads);
        }},
    Key{"cache_size",
        [](const Value& v, ServeConfig& c) {
          c.cache_bytes = v.Bytes(0, kMostMemory);
        },
        Same<&ServeConfig::cache_bytes>},
    Key{"watch", [](const Value& v, ServeConfig& c) { c.watch = v.Flag(); },
        Same<&ServeConfig::watch>},
    Key{"log_format",
        [](const Value& v, ServeConfig& c) {
          c.log_format = v.Parsed(ParseLogFormat);
        },
        Same<&ServeConfig::log_format>},
    Key{"access_format",
        [](const Value& v, ServeConfig& c) {
          c.access_format = v.Parsed(ParseAccessFormat);
        },
        Same<&ServeConfig::access_format>},
    Key{"access_log",
        [](const Value& v, ServeConfig& c) {
          c.access_log = v.Text().empty() ? fs::path() : v.Path();
        },
        Same<&ServeConfig::access_log>},
    Key{"quiet", [](const Value& v, ServeConfig& c) { c.quiet = v.Flag(); },
        Same<&ServeConfig::quiet>},
    Key{"metrics",
        [](const Value& v, ServeConfig& c) {
          c.metrics = v.Parsed(ParseListen);
        },
        Same<&ServeConfig::metrics>},

    Key{"limits.connections",
        [](const Value& v, ServeConfig& c) {
          c.limits.connections = v.Integer(1, kMostConnections);
        },
        SameIn<&ServeConfig::limits, &Limits::connections>},
    Key{"limits.connections_per_address",
        [](const Value& v, ServeConfig& c) {
          c.limits.connections_per_address = v.Integer(1, kMostConnections);
        },
        SameIn<&ServeConfig::limits, &Limits::connections_per_address>},
    Key{"limits.requests_per_second",
        [](const Value& v, ServeConfig& c) {
          c.limits.requests_per_second = v.Number(0, 1e6);
        },
        SameIn<&ServeConfig::limits, &Limits::requests_per_second>},
    Key{"limits.burst",
        [](const Value& v, ServeConfig& c) {
          c.limits.burst = v.Integer(1, kMostConnections);
        },
        SameIn<&ServeConfig::limits, &Limits::burst>},
    Key{"limits.head_seconds",
        [](const Value& v, ServeConfig& c) {
          c.limits.head_seconds = v.Number(0.1, 3600);
        },
        SameIn<&ServeConfig::limits, &Limits::head_seconds>},
    Key{"limits.idle_seconds",
        [](const Value& v, ServeConfig& c) {
          c.limits.idle_seconds = v.Number(0.1, 86400);
        },
        SameIn<&ServeConfig::limits, &Limits::idle_seconds>},
    Key{"limits.min_send_rate",
        [](const Value& v, ServeConfig& c) {
          c.limits.min_send_rate = v.Bytes(0, std::uint64_t{1} << 30);
        },
        SameIn<&ServeConfig::limits, &Limits::min_send_rate>},
    Key{"limits.head_bytes",
        [](const Value& v, ServeConfig& c) {
          c.limits.head_bytes = v.Bytes(1024, 1 << 20);
        },
        SameIn<&ServeConfig::limits, &Limits::head_bytes>},
    Key{"limits.drain_seconds",
        [](const Value& v, ServeConfig& c) {
          c.limits.drain_seconds = v.Number(0, 3600);
        },
        SameIn<&ServeConfig::limits, &Limits::drain_seconds>},

    Key{"limits.jobs",
        [](const Value& v, ServeConfig& c) {
          c.limits.jobs = v.Integer(1, kMostConnections);
        },
        SameIn<&ServeConfig::limits, &Limits::jobs>},
    Key{"limits.jobs_per_address",
        [](const Value& v, ServeConfig& c) {
          c.limits.jobs_per_address = v.Integer(1, kMostThreads);
        },
        SameIn<&ServeConfig::limits, &Limits::jobs_per_address>},
    Key{"limits.jobs_waiting_per_address",
        [](const Value& v, ServeConfig& c) {
          c.limits.jobs_waiting_per_address = v.Integer(1, kMostConnections);
        },
        SameIn<&ServeConfig::limits, &Limits::jobs_waiting_per_address>},
    Key{"limits.answer_memory",
        [](const Value& v, ServeConfig& c) {
          c.limits.answer_memory = v.Bytes(1 << 20, kMostMemory);
        },
        SameIn<&ServeConfig::limits, &Limits::answer_memory>},
    Key{"limits.answer_memory_per_address",
        [](const Value& v, ServeConfig& c) {
          c.limits.answer_memory_per_address = v.Bytes(1 << 20, kMostMemory);
        },
        SameIn<&ServeConfig::limits, &Limits::answer_memory_per_address>},

    Key{"render.enabled",
        [](const Value& v, ServeConfig& c) { c.render.enabled = v.Flag(); },
        SameIn<&ServeConfig::render, &RenderSettings::enabled>},
    Key{"cutout.enabled",
        [](const Value& v, ServeConfig& c) { c.cutout.enabled = v.Flag(); },
        SameIn<&ServeConfig::cutout, &CutoutSettings::enabled>},
    Key{"cutout.pixels",
        [](const Value& v, ServeConfig& c) {
          c.cutout.pixels = v.Integer(1, 1'000'000'000);
        },
        SameIn<&ServeConfig::cutout, &CutoutSettings::pixels>},
};

// The keys of a table ("limits."), or those that stand alone ("").
std::vector<std::string> KeysOf(std::string_view table) {
  std::vector<std::string> names;
  for (const Key& key : kKeys) {
    const std::string_view name = key.name;
    if (!name.starts_with(table)) continue;
    const std::string_view rest = name.substr(table.size());
    const std::string_view word = rest.substr(0, rest.find('.'));
    // A table is one name among those that stand alone.
    if (names.empty() || names.back() != word) names.emplace_back(word);
  }
  return names;
}

Error UnknownKey(std::string_view table, const std::string& name,
                 const toml::node& node) {
  const std::vector<std::string> known = KeysOf(table);
  const auto near = NearMiss(name, known);
  std::string all;
  for (const std::string& key : known) all += (all.empty() ? "" : ", ") + key;
  return Usage(Format("line {}: unknown key \"{}{}\"; {}",
                      node.source().begin.line, table, name,
                      near ? Format("did you mean \"{}{}\"?", table, *near)
                           : "known are " + all));
}

// Sets the keys of a table: the whole file ("") or one within ("limits.").
void SetKeys(const std::string& prefix, const toml::table& table,
             const fs::path& base, ServeConfig& config) {
  for (const auto& [toml_name, node] : table) {
    const std::string name(toml_name.str());
    const std::string full = prefix + name;
    const auto key =
        std::find_if(kKeys.begin(), kKeys.end(),
                     [&](const Key& known) { return full == known.name; });
    const std::string within = full + ".";
    if (key != kKeys.end()) {
      key->set(Value(full, node, base), config);
    } else if (!KeysOf(within).empty()) {
      if (node.as_table() == nullptr)
        throw Value(full, node, base).Fault("a table");
      SetKeys(within, *node.as_table(), base, config);
    } else {
      throw UnknownKey(prefix, name, node);
    }
  }
}

// What the library says may hold the very line end that it complains of.
std::string InOneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c != '\n' && c != '\r')
      line += c;
    else
      line += "end of line";
  }
  return line;
}

bool IsHostCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~:[]").find(c) != std::string_view::npos;
}

}  // namespace

ServeConfig ParseServeConfig(std::string_view text, const fs::path& base) {
  ServeConfig config;
  try {
    const toml::table table = toml::parse(text);
    SetKeys("", table, base, config);
    if (table.contains("threads") && table.contains("loops"))
      throw Usage(
          Format("line {}: threads is the older name of loops; keep one",
                 table.get("threads")->source().begin.line));
  } catch (const toml::parse_error& error) {
    throw Usage(Format("line {}: {}", error.source().begin.line,
                       InOneLine(error.description())));
  }
  return config;
}

std::vector<std::string> ChangesForNextStart(const ServeConfig& running,
                                             const ServeConfig& read) {
  std::vector<std::string> names;
  for (const Key& key : kKeys)
    if (key.is_same != nullptr && !key.is_same(running, read))
      names.emplace_back(key.name);
  return names;
}

ServeConfig ReadServeConfig(const fs::path& path) {
  std::string text;
  try {
    text = ReadFile(path);
  } catch (const Error& error) {
    throw Usage(Format("the config cannot be read: {}", error.what()));
  }
  try {
    return ParseServeConfig(text, path.parent_path());
  } catch (const Error& error) {
    throw error.In(path.string());
  }
}

ListenAddress ParseListen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto fault = [&] {
    return Usage(
        Format("\"{}\": expected HOST:PORT, for example 127.0.0.1:8080", text));
  };
  if (colon == std::string_view::npos) throw fault();
  const std::string_view digits = text.substr(colon + 1);
  const auto port = ParseInteger(digits);
  if (!port || *port < 0 || *port > 65535 || digits.front() == '+')
    throw fault();
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2)
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of(":[] /") != std::string_view::npos)
    throw fault();
  return {std::string(host), static_cast<int>(*port)};
}

Mount ParseMount(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 ||
      equals + 1 == text.size())
    throw Usage(Format(
        "\"{}\": expected /PATH=DIR, for example /lotss=/data/lotss", text));
  return {std::string(text.substr(0, equals)), text.substr(equals + 1)};
}

std::string ParsePublicUrl(std::string_view text) {
  const std::string_view given = text;
  while (text.ends_with('/')) text.remove_suffix(1);
  const bool is_http =
      text.starts_with("http://") || text.starts_with("https://");
  const std::size_t host = text.find("://") + 3;
  if (!is_http || host >= text.size() ||
      text.find_first_of(" \t\r\n\"<>?#") != std::string_view::npos)
    throw Usage(Format("\"{}\": expected http(s)://HOST[/PATH]", given));
  return std::string(text);
}

LogFormat ParseLogFormat(std::string_view text) {
  if (text == "text" || text == "combined") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  throw Usage(Format("\"{}\": expected text or json", text));
}

AddressRange ParseAddressRange(std::string_view text) {
  const std::size_t slash = text.find('/');
  AddressRange range{std::string(text.substr(0, slash)), 0};
  in6_addr ignored;
  const int family =
      range.address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  const int most = family == AF_INET ? 32 : 128;
  range.prefix_bits = most;
  bool good = ::inet_pton(family, range.address.c_str(), &ignored) == 1;
  if (good && slash != std::string_view::npos) {
    const auto bits = ParseInteger(text.substr(slash + 1));
    good = bits && *bits >= 0 && *bits <= most;
    if (good) range.prefix_bits = static_cast<int>(*bits);
  }
  if (!good)
    throw Usage(Format(
        "\"{}\": expected an address, such as 192.0.2.7 or 10.0.0.0/8", text));
  return range;
}

std::string ParseOrigin(std::string_view text) {
  const bool is_http =
      text.starts_with("http://") || text.starts_with("https://");
  const std::size_t host = text.find("://") + 3;
  if (!is_http || host >= text.size() ||
      !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(host), text.end(),
                   IsHostCharacter))
    throw Usage(Format("\"{}\": expected http(s)://HOST[:PORT]", text));
  return std::string(text);
}

int CheckThreads(std::int64_t count) {
  if (count < 1 || count > kMostThreads)
    throw Usage(Format("threads {}: expected 1 to {}", count, kMostThreads));
  return static_cast<int>(count);
}

}  // namespace hips
