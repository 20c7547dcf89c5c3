// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/child_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/text.h"

extern char** environ;

namespace hips {
namespace {

// The arguments as execve takes them; they live as long as the command.
std::vector<char*> ArgumentsOf(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  return arguments;
}

pid_t StartWith(const std::vector<std::string>& command,
                const posix_spawn_file_actions_t* actions) {
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, command.front().c_str(), actions, nullptr,
                     ArgumentsOf(command).data(), environ);
  if (error != 0) throw IoError(command.front(), error);
  return pid;
}

int StatusOf(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::string ThisProgram() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

pid_t Start(const std::vector<std::string>& command) {
  return StartWith(command, nullptr);
}

Ended WaitForAny(const std::vector<pid_t>& children) {
  bool told = false;
  while (true) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, 0);
    if (pid > 0) return {pid, StatusOf(status)};
    if (errno != EINTR) throw IoError("waiting for a child process", errno);
    if (InterruptSignal() == 0 || told) continue;
    for (const pid_t child : children) ::kill(child, SIGTERM);
    told = true;
  }
}

std::string OutputOf(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw IoError("pipe", errno);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  pid_t pid = 0;
  try {
    pid = StartWith(command, &actions);
  } catch (...) {
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[0]);
    ::close(ends[1]);
    throw;
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t count = ::read(ends[0], piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) throw IoError(command.front(), errno);
  if (StatusOf(status) != 0)
    throw Error(ErrorKind::kIo, Format("{} ended with status {}",
                                       command.front(), StatusOf(status)));
  return std::string(Trim(text));
}

}  // namespace hips
