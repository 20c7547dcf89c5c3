// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>

#include "base/json.h"
#include "base/progress.h"

namespace hips {
namespace {

const char* LevelWord(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
      return "error";
    default:
      return "info";
  }
}

class StderrSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void SetFormat(LogFormat format) { format_ = format; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string text(message.payload.data(), message.payload.size());
    std::string line;
    if (format_ == LogFormat::kJson) {
      const auto since_epoch = message.time.time_since_epoch();
      Json json;
      json["time"] = std::chrono::duration<double>(since_epoch).count();
      json["level"] = LevelWord(message.level);
      json["message"] = text;
      line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    } else if (message.level == spdlog::level::info) {
      line = text + "\n";
    } else {
      line = std::string(LevelWord(message.level)) + ": " + text + "\n";
    }
    Progress::ClearBar();
    std::fputs(line.c_str(), stderr);
  }
  void flush_() override { std::fflush(stderr); }

 private:
  LogFormat format_ = LogFormat::kText;
};

std::shared_ptr<StderrSink> Sink() {
  static const auto sink = std::make_shared<StderrSink>();
  return sink;
}

spdlog::logger& Logger() {
  static spdlog::logger logger("hips", Sink());
  return logger;
}

}  // namespace

void SetLog(LogLevel lowest, LogFormat format) {
  Sink()->SetFormat(format);
  constexpr spdlog::level::level_enum kLevels[] = {
      spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
      spdlog::level::err};
  Logger().set_level(kLevels[static_cast<int>(lowest)]);
}

// The text is an argument, not a format: braces in it are just braces.
void LogDebug(const std::string& message) { Logger().debug("{}", message); }
void LogInfo(const std::string& message) { Logger().info("{}", message); }
void LogWarning(const std::string& message) { Logger().warn("{}", message); }
void LogError(const std::string& message) { Logger().error("{}", message); }

}  // namespace hips
