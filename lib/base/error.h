// SPDX-License-Identifier: GPL-3.0-or-later
// The one exception type of the project, and what it means to a caller.
//
// Failure throws Error; absence is a value (std::optional). Each caller that
// knows more prefixes it with In(), so a message reads from the outside in:
//   mosaic_07.fits[1]: rows 4096-4607: end of file
// Thread-safety: values; safe to copy between threads.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace hips {

enum class ErrorKind {
  kUsage,        ///< impossible request: change the call or the command line
  kIncomplete,   ///< something that should be there is missing
  kBadInput,     ///< a file breaks its standard: repair or exclude the file
  kIo,           ///< the system refused: space, permission, network
  kInterrupted,  ///< asked to stop; what is done is kept
};

/// Exit status of a program that ends with an error of this kind:
/// usage 2, incomplete 3, bad input 4, I/O 75 (try again), interrupted 130.
int ExitStatus(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message)
      : std::runtime_error(message), kind_(kind) {}

  ErrorKind kind() const { return kind_; }

  /// The same error, said of `where`: "where: message".
  Error In(std::string_view where) const;

 private:
  ErrorKind kind_;
};

/// An I/O error with the system's own words for `error_number` (errno).
Error IoError(const std::string& message, int error_number);

}  // namespace hips
