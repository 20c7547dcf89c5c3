// SPDX-License-Identifier: GPL-3.0-or-later
// Other programs, started without a shell.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace hips {

/// The absolute path of this program.
std::string ThisProgram();

/// Starts a program, looked for in PATH if its name has no slash.
/// throws  Error(kIo) when it cannot be started
pid_t Start(const std::vector<std::string>& command);

struct Ended {
  pid_t pid = 0;
  int status = 0;  ///< as a shell has it: 128 + signal for one that was killed
};

/// Waits for one of the children. When this process is asked to stop, all of
/// `children` are asked to; those that have ended are still waited for.
Ended WaitForAny(const std::vector<pid_t>& children);

/// Runs a program and returns what it printed, without the last newline.
/// throws  Error(kIo) when it cannot be started or its status is not 0
std::string OutputOf(const std::vector<std::string>& command);

}  // namespace hips
