// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/public_text.h"

namespace hips {
namespace {

constexpr std::string_view kSeparators = " \t\r\n,;='\"()[]<>";

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsLocalPath(std::string_view word) {
  if (word.starts_with("file:") || word.starts_with("~/") ||
      word.starts_with("../") || word.starts_with("\\\\"))
    return true;
  if (word.size() > 2 && IsLetter(word[0]) && word[1] == ':' &&
      (word[2] == '\\' || word[2] == '/'))
    return true;
  // "/" alone and "/a" are a division or an option more often than a path.
  return word.starts_with('/') && word.find('/', 1) != std::string_view::npos;
}

std::string_view LastPart(std::string_view path) {
  while (path.ends_with('/') || path.ends_with('\\')) path.remove_suffix(1);
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Calls visit(word) for the words and keep(separators) for what is between.
template <typename Word, typename Between>
void ForWords(std::string_view text, Word visit, Between keep) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(kSeparators);
    if (const std::string_view word = text.substr(0, end); !word.empty())
      visit(word);
    if (end == std::string_view::npos) return;
    keep(text[end]);
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool HasLocalPath(std::string_view text) {
  bool found = false;
  ForWords(
      text, [&](std::string_view word) { found |= IsLocalPath(word); },
      [](char) {});
  return found;
}

std::string PublicText(std::string_view text) {
  std::string result;
  ForWords(
      text,
      [&](std::string_view word) {
        result += IsLocalPath(word) ? LastPart(word) : word;
      },
      [&](char separator) { result += separator; });
  return result;
}

}  // namespace hips
