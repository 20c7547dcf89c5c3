// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/fits_handle.h"

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

bool StartsWith(std::span<const std::byte> bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

MappedFile MapRegular(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw IoError(path.string(), EISDIR);
  return MappedFile(path);
}

// The oldest message is the most specific one; the later ones only say who
// passed it on. The stack is shared by all threads: a hint, not the reason.
std::string OldestMessage() {
  char message[FLEN_ERRMSG];
  std::string oldest;
  while (fits_read_errmsg(message) != 0)
    if (oldest.empty()) oldest = Trim(message);
  return oldest;
}

// READ_ERROR is not among them: cfitsio says that of a file that is too short.
bool IsSystemFault(int status) {
  return status == FILE_NOT_OPENED || status == SEEK_ERROR ||
         status == MEMORY_ALLOCATION || status == TOO_MANY_FILES;
}

// cfitsio sets itself up, its locks too, in the first call: that must be one
// thread's, since it does not guard the flag.
void SetUpOnce() {
  static std::once_flag once;
  std::call_once(once, [] { fits_init_cfitsio(); });
}

}  // namespace

void CheckFits(int status, std::string_view doing) {
  if (status == 0) return;
  char reason[FLEN_STATUS];
  fits_get_errstatus(status, reason);
  const std::string detail = OldestMessage();
  const std::string more = detail.empty() ? "" : " (" + detail + ")";
  throw Error(IsSystemFault(status) ? ErrorKind::kIo : ErrorKind::kBadInput,
              Format("{}: {}{}", doing, Trim(reason), more));
}

void ForgetFitsMessages() { fits_clear_errmsg(); }

std::string HduName(const fs::path& path, int index) {
  return Format("{}[{}]", path.string(), index);
}

FitsHandle::FitsHandle(const fs::path& path)
    : raw_(MapRegular(path)), plain_(StartsWith(raw_.bytes(), "SIMPLE")) {
  const bool packed =
      StartsWith(raw_.bytes(), "BZ") || StartsWith(raw_.bytes(), "PK");
  const bool gzip = IsGzip(raw_.bytes());
  if (!plain_ && !packed && !gzip)
    throw Error(ErrorKind::kBadInput,
                path.string() +
                    ": not a FITS file: it does not start with "
                    "SIMPLE");
  SetUpOnce();
  int status = 0;
  try {
    if (gzip) {
      inflated_ = InflateGzip(raw_.bytes());
      memory_ = inflated_.room.bytes().data();
      // The name is for messages only.
      fits_open_memfile(&file_, "inflated", READONLY, &memory_, &inflated_.size,
                        0, nullptr, &status);
    } else {
      // Absolute: cfitsio would expand a leading '~'.
      fits_open_diskfile(&file_, fs::absolute(path).c_str(), READONLY, &status);
    }
    CheckFits(status, "cannot open as FITS");
  } catch (const Error& error) {
    throw error.In(path.string());
  }
}

FitsHandle::~FitsHandle() {
  int ignored = 0;
  if (file_ != nullptr) fits_close_file(file_, &ignored);
}

void FitsHandle::MoveTo(int index) {
  int status = 0;
  fits_movabs_hdu(file_, index + 1, nullptr, &status);
  if (status == END_OF_FILE || status == BAD_HDU_NUM) {
    ForgetFitsMessages();
    throw Error(ErrorKind::kBadInput, Format("there is no HDU {}", index));
  }
  CheckFits(status, "cannot read the header");
}

std::string FitsHandle::HeaderCards() const {
  char* cards = nullptr;
  int count = 0;
  int status = 0;
  fits_hdr2str(file_, 0, nullptr, 0, &cards, &count, &status);
  std::string text;
  if (status == 0) text = cards;
  int ignored = 0;
  if (cards != nullptr) fits_free_memory(cards, &ignored);
  CheckFits(status, "cannot read the header");
  return text;
}

}  // namespace hips
