# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the files of FOLDER into OUTPUT, a C++ source that defines WebFiles()
# of page/assets.h. Sorted by name: the same bytes on every machine.
file(GLOB files ${FOLDER}/*)
list(SORT files)
set(arrays "")
set(table "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER "k_${name}" variable)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays
    "constexpr unsigned char ${variable}[] = {${bytes}};\n")
  string(APPEND table "      WebFile{\"${name}\", View(${variable})},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from lib/page/web by embed.cmake.
#include \"page/web_files.h\"

namespace hips {
namespace {

${arrays}
template <std::size_t N>
std::string_view View(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

std::span<const WebFile> WebFiles() {
  static const WebFile files[] = {
${table}  };
  return files;
}

}  // namespace hips
")
