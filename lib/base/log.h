// SPDX-License-Identifier: GPL-3.0-or-later
// Diagnosis for people and for machines, on standard error.
//
// One line a message: plain text ("warning: ...") or JSON objects. A line
// never tears a progress bar: the bar is cleared first. Safe from any thread.
#pragma once

#include <string>

namespace hips {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

/// Called once, at the start of a program; kInfo and kText otherwise.
void SetLog(LogLevel lowest, LogFormat format);

void LogDebug(const std::string& message);
void LogInfo(const std::string& message);
void LogWarning(const std::string& message);
void LogError(const std::string& message);

}  // namespace hips
