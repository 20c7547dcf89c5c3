// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/gzip.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace hips {
namespace {

Bytes BytesOf(const std::string& text) {
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

std::string Text(const Inflated& inflated) {
  const auto bytes = inflated.room.bytes().first(inflated.size);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// python3 -c "import gzip,sys; sys.stdout.buffer.write(
//             gzip.compress(b'hello, sky\n', mtime=0))"
const std::string kHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\x28"
    "\xce\xae\xe4\x02\x00\xb6\x18\x3c\x64\x0b\x00\x00\x00",
    31);

TEST(InflateGzip, InflatesWhatPythonDeflated) {
  EXPECT_EQ(Text(InflateGzip(BytesOf(kHello))), "hello, sky\n");
}

TEST(InflateGzip, JoinsMembers) {
  EXPECT_EQ(Text(InflateGzip(BytesOf(kHello + kHello + kHello))),
            "hello, sky\nhello, sky\nhello, sky\n");
}

TEST(InflateGzip, BytesBehindTheLastMemberAreNoMember) {
  EXPECT_EQ(Text(InflateGzip(BytesOf(kHello + std::string(5, '\0')))),
            "hello, sky\n");
}

TEST(InflateGzip, DamagedOrCutOffIsBadInput) {
  std::string damaged = kHello;
  damaged[12] = static_cast<char>(damaged[12] ^ 0x10);
  for (const std::string& bad :
       {damaged, kHello.substr(0, 25), kHello.substr(0, 3)}) {
    try {
      InflateGzip(BytesOf(bad));
      ADD_FAILURE() << bad.size();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    }
  }
}

TEST(IsGzip, LooksAtTheMagicNumber) {
  EXPECT_TRUE(IsGzip(BytesOf(kHello)));
  EXPECT_FALSE(IsGzip(BytesOf("SIMPLE")));
  EXPECT_FALSE(IsGzip(BytesOf("\x1f")));
  EXPECT_FALSE(IsGzip({}));
}

}  // namespace
}  // namespace hips
