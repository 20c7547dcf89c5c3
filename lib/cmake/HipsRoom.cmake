# SPDX-License-Identifier: GPL-3.0-or-later
# hips_add_room(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...])
#
# One room of lib/: a static library hips_NAME, alias hips::NAME, with the
# project's warnings and `lib/` as its include root. PUBLIC and PRIVATE are the
# rooms and libraries it looks at; scripts/check_rooms holds includes against
# them.
add_library(hips_flags INTERFACE)
target_compile_options(hips_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion
  # The same bytes from every processor: no fused multiply-add by chance.
  -ffp-contract=off
  # g++ 12 sees overlaps in std::string that are none (GCC PR 105651).
  $<$<CXX_COMPILER_ID:GNU>:-fno-math-errno>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(HIPS_SANITIZE)
  target_compile_options(hips_flags INTERFACE
    -fsanitize=${HIPS_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(hips_flags INTERFACE -fsanitize=${HIPS_SANITIZE})
endif()

function(hips_add_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(hips_${name} STATIC ${ROOM_SOURCES})
  add_library(hips::${name} ALIAS hips_${name})
  target_include_directories(hips_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(hips_${name}
    PUBLIC ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE} hips_flags)
endfunction()

# hips_precompile(TARGET HEADER ...): headers that most of its sources include,
# read once. The tests build in half the time with them, hipsgen in four fifths.
function(hips_precompile target)
  target_precompile_headers(${target} PRIVATE
    <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional>
    <string> <vector> ${ARGN})
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

# hips_precompile_as(TARGET OTHER): the same headers. A target with other flags
# reads them itself.
function(hips_precompile_as target other)
  target_precompile_headers(${target} REUSE_FROM ${other})
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  set_target_properties(${target} PROPERTIES PCH_WARN_INVALID OFF)
endfunction()

# hips_add_program(NAME SOURCES ... LIBRARIES ...): an installed executable.
function(hips_add_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${PROGRAM_LIBRARIES} hips_flags)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
