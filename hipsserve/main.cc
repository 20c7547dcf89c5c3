// SPDX-License-Identifier: GPL-3.0-or-later
// hipsserve: options, then find the HiPSes, listen, and serve until told to
// stop. Standard output has the addresses and the access log, standard error
// everything else.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "hipsserve/config.h"
#include "hipsserve/server.h"

namespace hips {
namespace {

constexpr const char* kDescription =
    "Serve HiPS over HTTP to Aladin, Aladin Lite, ESASky and others.\n"
    "Each HiPS is at /<its id>: ivo://ASTRON/P/tgssadr at /ASTRON/P/tgssadr. "
    "A HiPS list is at /hipslist, a page with all of them at /, cut-outs at\n"
    "/hips2fits, coverage at /MocServer/query.";
constexpr const char* kExitStatus =
    "Exit status: 0 stopped by SIGTERM or SIGINT, 2 usage or config, 4 a "
    "named HiPS is broken, 75 the system refused: the port is taken, a named "
    "HiPS may not be read.";

// Options as they were typed; only those given override the config file.
struct CommandLine {
  std::vector<std::string> folders;
  std::string config;
  std::string listen;
  std::string public_url;
  std::string title;
  std::string log_format;
  std::vector<std::string> mounts;
  std::int64_t threads = 0;
  bool quiet = false;
  bool check = false;
};

void AddOptions(CLI::App& app, CommandLine& line) {
  app.add_option("DIR", line.folders,
                 "a HiPS, or a folder that holds some (up to 5 levels down)");
  app.add_option("--config", line.config, "TOML file with the same keys")
      ->type_name("FILE");
  app.add_option("--listen", line.listen,
                 "address and port; port 0 takes a free one [127.0.0.1:8080]")
      ->type_name("HOST:PORT");
  app.add_option("--mount", line.mounts,
                 "serve the HiPS in DIR at this path; may be repeated")
      ->type_name("/PATH=DIR")
      ->expected(1)
      ->take_all();
  app.add_option("--public-url", line.public_url,
                 "URL that clients use, when behind a proxy [http://<Host>]")
      ->type_name("URL");
  app.add_option("--title", line.title, "heading of the page at /")
      ->type_name("TEXT");
  app.add_option("--threads", line.threads,
                 "threads that carry connections [one a processor]")
      ->type_name("N");
  app.add_option("--log-format", line.log_format,
                 "text or json, for the access log and diagnosis [text]")
      ->type_name("FORMAT");
  app.add_flag("--quiet", line.quiet, "no access log");
  app.add_flag("--check", line.check,
               "read the config and the HiPSes, say what would be served, end");
}

// A fault of a value names the option that it was given to.
template <typename Parse, typename Text>
auto OptionValue(const char* option, Parse parse, const Text& text) {
  try {
    return parse(text);
  } catch (const Error& error) {
    throw error.In(option);
  }
}

ServeConfig MergeConfig(const CLI::App& app, const CommandLine& line) {
  ServeConfig config;
  if (!line.config.empty()) config = ReadServeConfig(line.config);
  for (const std::string& folder : line.folders)
    config.folders.emplace_back(folder);
  for (const std::string& mount : line.mounts)
    config.mounts.push_back(OptionValue("--mount", ParseMount, mount));
  if (app.count("--listen"))
    config.listen = OptionValue("--listen", ParseListen, line.listen);
  if (app.count("--public-url"))
    config.public_url =
        OptionValue("--public-url", ParsePublicUrl, line.public_url);
  if (app.count("--title")) config.title = line.title;
  if (app.count("--threads")) config.loops = CheckThreads(line.threads);
  if (app.count("--log-format"))
    config.log_format =
        OptionValue("--log-format", ParseLogFormat, line.log_format);
  if (line.quiet) config.quiet = true;
  return config;
}

int Run(const CLI::App& app, const CommandLine& line) {
  const auto read = [&] { return MergeConfig(app, line); };
  const ServeConfig config = read();
  SetLog(LogLevel::kInfo, config.log_format);
  if (line.check) {
    CheckServer(config);
    return 0;
  }
  WatchInterrupts();
  RunServer(config, read, line.config);
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app(kDescription, "hipsserve");
  app.footer(kExitStatus);
  app.set_version_flag("--version", std::string("hipsserve ") + HIPS_VERSION);
  CommandLine line;
  AddOptions(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "hipsserve: %s; see hipsserve --help\n", error.what());
    return ExitStatus(ErrorKind::kUsage);
  }
  try {
    return Run(app, line);
  } catch (const Error& error) {
    std::fprintf(stderr, "hipsserve: %s\n", error.what());
    return ExitStatus(error.kind());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hipsserve: internal fault: %s\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace hips

int main(int argc, char** argv) { return hips::Main(argc, argv); }
