# SPDX-License-Identifier: GPL-3.0-or-later
# Third-party libraries, all from Debian 12. Each is linked by one room only.
find_package(PkgConfig REQUIRED)
find_package(TBB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(PNG REQUIRED)
find_package(Threads REQUIRED)
foreach(library cfitsio wcslib healpix_cxx erfa libturbojpeg libwebp libdeflate
    libxxhash cpp-httplib)
  pkg_check_modules(${library} REQUIRED IMPORTED_TARGET ${library})
endforeach()
