// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsserve/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

ServeConfig Parse(const std::string& text) {
  return ParseServeConfig(text, "/etc/hips");
}

std::string FaultOf(const std::string& text) {
  try {
    Parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "none";
}

TEST(ParseServeConfig, ReadsEveryKey) {
  const ServeConfig config = Parse(R"(
folders = ["one", "/srv/two"]
listen = "[::1]:81"
reuse_port = true
public_url = "https://hips.example.org/"
trusted_proxies = ["127.0.0.1", "fd00::/8"]
credentials = ["https://portal.example.org:8443"]
title = "Title"
loops = 3
workers = 4
cache_size = "1G"
watch = false
log_format = "json"
access_format = "combined"
access_log = "log/access"
quiet = true
metrics = ":9180"
[limits]
connections = 5
connections_per_address = 6
requests_per_second = 7.5
burst = 8
head_seconds = 9
idle_seconds = 10.5
min_send_rate = "11K"
head_bytes = 2048
drain_seconds = 0
jobs = 12
jobs_per_address = 13
jobs_waiting_per_address = 14
answer_memory = "3M"
answer_memory_per_address = 2097152
[render]
enabled = false
[cutout]
enabled = false
pixels = 15
[mount]
"/m" = "lotss"
[aliases]
"/a" = "/ASTRON/P/tgssadr"
"/b" = "folder"
[status]
"/CDS/P/*" = "mirror"
)");
  EXPECT_EQ(config.folders,
            (std::vector<fs::path>{"/etc/hips/one", "/srv/two"}));
  EXPECT_EQ(config.listen, (ListenAddress{"::1", 81}));
  EXPECT_TRUE(config.reuse_port);
  EXPECT_EQ(config.public_url, "https://hips.example.org");
  EXPECT_EQ(config.trusted_proxies,
            (std::vector<AddressRange>{{"127.0.0.1", 32}, {"fd00::", 8}}));
  EXPECT_EQ(config.credentials,
            std::vector<std::string>{"https://portal.example.org:8443"});
  EXPECT_EQ(config.title, "Title");
  EXPECT_EQ(config.loops, 3);
  EXPECT_EQ(config.workers, 4);
  EXPECT_EQ(config.cache_bytes, 1073741824u);
  EXPECT_FALSE(config.watch);
  EXPECT_EQ(config.log_format, LogFormat::kJson);
  EXPECT_EQ(config.access_format, LogFormat::kText);
  EXPECT_EQ(config.access_log, "/etc/hips/log/access");
  EXPECT_TRUE(config.quiet);
  EXPECT_EQ(config.metrics, (ListenAddress{"", 9180}));
  EXPECT_EQ(config.limits.connections, 5);
  EXPECT_EQ(config.limits.connections_per_address, 6);
  EXPECT_EQ(config.limits.requests_per_second, 7.5);
  EXPECT_EQ(config.limits.burst, 8);
  EXPECT_EQ(config.limits.head_seconds, 9);
  EXPECT_EQ(config.limits.idle_seconds, 10.5);
  EXPECT_EQ(config.limits.min_send_rate, 11264u);
  EXPECT_EQ(config.limits.head_bytes, 2048u);
  EXPECT_EQ(config.limits.drain_seconds, 0);
  EXPECT_EQ(config.limits.jobs, 12);
  EXPECT_EQ(config.limits.jobs_per_address, 13);
  EXPECT_EQ(config.limits.jobs_waiting_per_address, 14);
  EXPECT_EQ(config.limits.answer_memory, 3u << 20);
  EXPECT_EQ(config.limits.answer_memory_per_address, 2u << 20);
  EXPECT_FALSE(config.render.enabled);
  EXPECT_FALSE(config.cutout.enabled);
  EXPECT_EQ(config.cutout.pixels, 15);
  // Mounts of both kinds, tables in the order of their names.
  ASSERT_EQ(config.mounts.size(), 2u);
  EXPECT_EQ(config.mounts[0].path, "/b");
  EXPECT_EQ(config.mounts[0].folder.string(), "/etc/hips/folder");
  EXPECT_EQ(config.mounts[1].path, "/m");
  EXPECT_EQ(config.mounts[1].folder.string(), "/etc/hips/lotss");
  ASSERT_EQ(config.aliases.size(), 1u);
  EXPECT_EQ(config.aliases[0].path, "/a");
  EXPECT_EQ(config.aliases[0].target, "/ASTRON/P/tgssadr");
  ASSERT_EQ(config.statuses.size(), 1u);
  EXPECT_EQ(config.statuses[0].pattern, "/CDS/P/*");
  EXPECT_EQ(config.statuses[0].status, "mirror");
}

// What the shipped file says must be what happens without it, and every key
// must be in it, also those that are commented out.
TEST(ParseServeConfig, HasTheDefaultsOfTheShippedFile) {
  const char* const source = std::getenv("HIPS_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const std::string text =
      ReadFile(fs::path(source) / "configs/hipsserve.toml");
  const ServeConfig shipped = Parse(text);
  const ServeConfig none = Parse("");
  EXPECT_EQ(shipped.folders, std::vector<fs::path>{"/srv/hips"});
  EXPECT_EQ(shipped.listen, none.listen);
  EXPECT_EQ(shipped.reuse_port, none.reuse_port);
  EXPECT_EQ(shipped.title, none.title);
  EXPECT_EQ(shipped.loops, none.loops);
  EXPECT_EQ(shipped.workers, none.workers);
  EXPECT_EQ(shipped.cache_bytes, none.cache_bytes);
  EXPECT_EQ(shipped.watch, none.watch);
  EXPECT_EQ(shipped.log_format, none.log_format);
  EXPECT_EQ(shipped.access_log, none.access_log);
  EXPECT_EQ(shipped.quiet, none.quiet);
  EXPECT_EQ(shipped.limits.connections, none.limits.connections);
  EXPECT_EQ(shipped.limits.connections_per_address,
            none.limits.connections_per_address);
  EXPECT_EQ(shipped.limits.requests_per_second,
            none.limits.requests_per_second);
  EXPECT_EQ(shipped.limits.burst, none.limits.burst);
  EXPECT_EQ(shipped.limits.head_seconds, none.limits.head_seconds);
  EXPECT_EQ(shipped.limits.idle_seconds, none.limits.idle_seconds);
  EXPECT_EQ(shipped.limits.min_send_rate, none.limits.min_send_rate);
  EXPECT_EQ(shipped.limits.head_bytes, none.limits.head_bytes);
  EXPECT_EQ(shipped.limits.drain_seconds, none.limits.drain_seconds);
  EXPECT_EQ(shipped.limits.jobs, none.limits.jobs);
  EXPECT_EQ(shipped.limits.jobs_per_address, none.limits.jobs_per_address);
  EXPECT_EQ(shipped.limits.jobs_waiting_per_address,
            none.limits.jobs_waiting_per_address);
  EXPECT_EQ(shipped.limits.answer_memory, none.limits.answer_memory);
  EXPECT_EQ(shipped.limits.answer_memory_per_address,
            none.limits.answer_memory_per_address);
  EXPECT_EQ(shipped.render.enabled, none.render.enabled);
  EXPECT_EQ(shipped.cutout.enabled, none.cutout.enabled);
  EXPECT_EQ(shipped.cutout.pixels, none.cutout.pixels);

  // Uncommented it still holds known keys only.
  const std::string all = std::regex_replace(
      text, std::regex("\n# ((\\[\\w+\\]|\"?[/\\w*]+\"? = ).*)"), "\n$1");
  const ServeConfig every = Parse(all);
  EXPECT_EQ(every.public_url, "https://hips.example.org");
  EXPECT_EQ(every.trusted_proxies.size(), 3u);
  EXPECT_EQ(every.credentials.size(), 1u);
  EXPECT_TRUE(every.access_format.has_value());
  EXPECT_TRUE(every.metrics.has_value());
  EXPECT_EQ(every.mounts.size(), 1u);
  EXPECT_EQ(every.aliases.size(), 1u);
  EXPECT_EQ(every.statuses.size(), 1u);
}

TEST(ParseServeConfig, TakesTheOlderNameOfLoops) {
  EXPECT_EQ(Parse("threads = 7").loops, 7);
}

TEST(ParseServeConfig, NamesLineAndKeyOfEveryFault) {
  const std::pair<const char*, const char*> kFaults[] = {
      {"lisen = \"x\"",
       "line 1: unknown key \"lisen\"; did you mean \"listen\"?"},
      {"\n[limits]\nconections = 1",
       "line 3: unknown key \"limits.conections\"; did you mean "
       "\"limits.connections\"?"},
      {"[cutout]\nqqqqqqqqq = 1",
       "line 2: unknown key \"cutout.qqqqqqqqq\"; known are enabled, pixels"},
      {"limits = 3", "line 1: limits: expected a table"},
      {"folders = \"x\"", "line 1: folders: expected a list of texts"},
      {"folders = [1]", "line 1: folders: expected a text in quotes"},
      {"quiet = 1", "line 1: quiet: expected true or false"},
      {"workers = 1.0", "line 1: workers: expected a whole number"},
      {"workers = -1", "line 1: workers: expected 0 to 10000"},
      {"cache_size = \"lots\"",
       "line 1: cache_size: expected bytes, such as 65536 or \"64K\", 0 to "
       "1099511627776"},
      {"[limits]\nhead_bytes = 10",
       "line 2: limits.head_bytes: expected bytes, such as 65536 or \"64K\", "
       "1024 to 1048576"},
      {"[limits]\nhead_seconds = \"10\"",
       "line 2: limits.head_seconds: expected a number, 0.1 to 3600"},
      {"[limits]\nhead_seconds = nan",
       "line 2: limits.head_seconds: expected a number, 0.1 to 3600"},
      {"[limits]\nidle_seconds = true",
       "line 2: limits.idle_seconds: expected a number, 0.1 to 86400"},
      {"listen = \"8080\"",
       "line 1: listen: \"8080\": expected HOST:PORT, for example "
       "127.0.0.1:8080"},
      {"\nthreads = 2\nloops = 3",
       "line 2: threads is the older name of loops; keep one"},
      {"\ntrusted_proxies = [\"10.0.0.0/33\"]",
       "line 2: trusted_proxies: \"10.0.0.0/33\": expected an address, such "
       "as 192.0.2.7 or 10.0.0.0/8"},
      {"credentials = [\"*\"]",
       "line 1: credentials: \"*\": expected http(s)://HOST[:PORT]"},
      {"access_format = \"xml\"",
       "line 1: access_format: \"xml\": expected combined or json"},
      {"[status]\n\"/x\" = \"copy\"",
       "line 2: status./x: \"copy\": expected master, mirror or partial"},
      {"[aliases]\n\"x\" = \"/y\"",
       "line 2: path \"x\": a path starts with '/' and names something"},
      {"[mount]\n\"/a\" = 1", "line 2: mount./a: expected a text in quotes"},
      {"[mount]\na = \"b\"",
       "line 2: path \"a\": a path starts with '/' and names something"},
      {"[mount]\n\"/a/Norder3\" = \"b\"",
       "line 2: path \"/a/Norder3\": a part is named as folders of tiles are"},
      {"[status]\n\"CDS/P\" = \"mirror\"",
       "line 2: \"CDS/P\": expected a pattern of paths, such as "
       "\"/CDS/P/*\""},
  };
  for (const auto& [text, fault] : kFaults) EXPECT_EQ(FaultOf(text), fault);
  EXPECT_EQ(FaultOf("listen = ").substr(0, 8), "line 1: ");
  EXPECT_EQ(FaultOf("a = 1\x01").substr(0, 8), "line 1: ");
  // The library's words hold the very line end.
  EXPECT_EQ(FaultOf("quiet = tru\n").find('\n'), std::string::npos);
}

TEST(ChangesForNextStart, NamesWhatIsNotFollowedAtOnce) {
  const ServeConfig running = Parse("title = \"a\"");
  EXPECT_EQ(ChangesForNextStart(running, running), std::vector<std::string>{});
  // Followed at once: names, folders, what is served where.
  EXPECT_EQ(ChangesForNextStart(
                running, Parse("title = \"b\"\nfolders = [\"x\"]\npublic_url = "
                               "\"http://h\"\ncredentials = [\"http://h\"]\n"
                               "[aliases]\n\"/x\" = \"/y\"\n[mount]\n\"/m\" = "
                               "\"m\"\n[status]\n\"/y\" = \"mirror\"")),
            std::vector<std::string>{});
  EXPECT_EQ(
      ChangesForNextStart(
          running, Parse("listen = \":1\"\nmetrics = \":2\"\nworkers = 3\n"
                         "trusted_proxies = [\"::1\"]\n[limits]\nburst = 7\n"
                         "jobs = 9\n[cutout]\nenabled = false")),
      (std::vector<std::string>{"listen", "trusted_proxies", "workers",
                                "metrics", "limits.burst", "limits.jobs",
                                "cutout.enabled"}));
}

TEST(ReadServeConfig, NamesTheFile) {
  const fs::path path = fs::path(testing::TempDir()) / "hipsserve_test.toml";
  WriteFileAtomic(path, "quiet = 3\n");
  try {
    ReadServeConfig(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(),
              path.string() + ": line 1: quiet: expected true or false");
  }
  try {
    ReadServeConfig(path.string() + ".not");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.what(), "the config cannot be read: " + path.string() +
                                ".not: No such file or directory");
  }
  WriteFileAtomic(path, "folders = [\"x\"]\n");
  EXPECT_EQ(ReadServeConfig(path).folders,
            std::vector<fs::path>{path.parent_path() / "x"});
}

TEST(ParseAddressRange, TakesAddressesAndNetworks) {
  EXPECT_EQ(ParseAddressRange("192.0.2.7"), (AddressRange{"192.0.2.7", 32}));
  EXPECT_EQ(ParseAddressRange("0.0.0.0/0"), (AddressRange{"0.0.0.0", 0}));
  EXPECT_EQ(ParseAddressRange("::1"), (AddressRange{"::1", 128}));
  for (const char* bad :
       {"", "x", "1.2.3", "1.2.3.4/", "1.2.3.4/-1", "::1/129", "1.2.3.4/8/8"})
    EXPECT_THROW(ParseAddressRange(bad), Error) << bad;
}

TEST(ParseOrigin, IsSchemeHostAndPort) {
  EXPECT_EQ(ParseOrigin("http://localhost:3000"), "http://localhost:3000");
  for (const char* bad : {"", "https://", "https://a/", "https://a b",
                          "ftp://a", "https://a\r\nb", "null"})
    EXPECT_THROW(ParseOrigin(bad), Error) << bad;
}

}  // namespace
}  // namespace hips
