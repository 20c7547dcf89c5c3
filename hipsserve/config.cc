// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsserve/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kMostThreads = 10000;

Error Usage(const std::string& message) {
  return Error(ErrorKind::kUsage, message);
}

// One key of the file, with the words for its faults.
class Value {
 public:
  Value(std::string key, const toml::node& node)
      : key_(std::move(key)), node_(node) {}

  std::string Text() const { return As<std::string>("a text in quotes"); }
  bool Flag() const { return As<bool>("true or false"); }
  std::int64_t Integer() const { return As<std::int64_t>("a whole number"); }

  std::vector<std::string> Texts() const {
    const toml::array* array = node_.as_array();
    if (array == nullptr) throw Fault("a list of texts");
    std::vector<std::string> texts;
    for (const toml::node& element : *array)
      texts.push_back(Value(key_, element).Text());
    return texts;
  }

  // Sorted by name.
  std::map<std::string, std::string> Table() const {
    const toml::table* table = node_.as_table();
    if (table == nullptr) throw Fault("a table");
    std::map<std::string, std::string> entries;
    for (const auto& [name, node] : *table)
      entries[std::string(name.str())] =
          Value(key_ + "." + std::string(name.str()), node).Text();
    return entries;
  }

 private:
  template <typename T>
  T As(const char* expected) const {
    // Of this very type: toml++ would turn 1.0 into 1, and 1 into true.
    const auto value = node_.value_exact<T>();
    if (!value) throw Fault(expected);
    return *value;
  }

  Error Fault(const char* expected) const {
    return Usage(Format("line {}: {}: expected {}", node_.source().begin.line,
                        key_, expected));
  }

  std::string key_;
  const toml::node& node_;
};

using Setter = void (*)(const Value&, const fs::path& base, ServeConfig&);

struct Key {
  const char* name;
  Setter set;
};

const std::array kKeys = {
    Key{"folders",
        [](const Value& value, const fs::path& base, ServeConfig& config) {
          for (const std::string& folder : value.Texts())
            config.folders.push_back(base / folder);
        }},
    Key{"mount",
        [](const Value& value, const fs::path& base, ServeConfig& config) {
          for (const auto& [path, folder] : value.Table())
            config.mounts.push_back({path, base / folder});
        }},
    Key{"listen",
        [](const Value& value, const fs::path&, ServeConfig& config) {
          config.listen = ParseListen(value.Text());
        }},
    Key{"public_url",
        [](const Value& value, const fs::path&, ServeConfig& config) {
          config.public_url = ParsePublicUrl(value.Text());
        }},
    Key{"title", [](const Value& value, const fs::path&,
                    ServeConfig& config) { config.title = value.Text(); }},
    Key{"threads",
        [](const Value& value, const fs::path&, ServeConfig& config) {
          config.threads = CheckThreads(value.Integer());
        }},
    Key{"log_format",
        [](const Value& value, const fs::path&, ServeConfig& config) {
          config.log_format = ParseLogFormat(value.Text());
        }},
    Key{"quiet", [](const Value& value, const fs::path&,
                    ServeConfig& config) { config.quiet = value.Flag(); }},
};

Error UnknownKey(const std::string& name, const toml::node& node) {
  std::vector<std::string> known;
  known.reserve(kKeys.size());
  for (const Key& key : kKeys) known.emplace_back(key.name);
  const auto near = NearMiss(name, known);
  std::string all;
  for (const std::string& key : known) all += (all.empty() ? "" : ", ") + key;
  return Usage(
      Format("line {}: unknown key \"{}\"; {}", node.source().begin.line, name,
             near ? "did you mean \"" + *near + "\"?" : "known are " + all));
}

void SetKey(const std::string& name, const toml::node& node,
            const fs::path& base, ServeConfig& config) {
  const auto key =
      std::find_if(kKeys.begin(), kKeys.end(),
                   [&](const Key& known) { return name == known.name; });
  if (key == kKeys.end()) throw UnknownKey(name, node);
  key->set(Value(name, node), base, config);
}

}  // namespace

ServeConfig ReadServeConfig(const fs::path& path) {
  const std::string text = ReadFile(path);
  ServeConfig config;
  try {
    const toml::table table = toml::parse(text);
    for (const auto& [name, node] : table)
      SetKey(std::string(name.str()), node, path.parent_path(), config);
  } catch (const toml::parse_error& error) {
    throw Usage(Format("{}: line {}: {}", path.string(),
                       error.source().begin.line,
                       std::string(error.description())));
  } catch (const Error& error) {
    throw error.In(path.string());
  }
  return config;
}

Listen ParseListen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto fault = [&] {
    return Usage(Format(
        "listen \"{}\": expected HOST:PORT, for example 127.0.0.1:8080", text));
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
        "mount \"{}\": expected /PATH=DIR, for example /lotss=/data/lotss",
        text));
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
    throw Usage(
        Format("public URL \"{}\": expected http(s)://HOST[/PATH]", given));
  return std::string(text);
}

LogFormat ParseLogFormat(std::string_view text) {
  if (text == "text") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  throw Usage(Format("log format \"{}\": expected text or json", text));
}

int CheckThreads(std::int64_t count) {
  if (count < 1 || count > kMostThreads)
    throw Usage(Format("threads {}: expected 1 to {}", count, kMostThreads));
  return static_cast<int>(count);
}

}  // namespace hips
