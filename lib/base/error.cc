// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <system_error>

namespace hips {

int ExitStatus(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kIncomplete:
      return 3;
    case ErrorKind::kBadInput:
      return 4;
    case ErrorKind::kIo:
      return 75;
    case ErrorKind::kInterrupted:
      return 130;
  }
  return 1;
}

Error Error::In(std::string_view where) const {
  return Error(kind_, std::string(where) + ": " + what());
}

Error IoError(const std::string& message, int error_number) {
  return Error(ErrorKind::kIo,
               message + ": " + std::generic_category().message(error_number));
}

}  // namespace hips
