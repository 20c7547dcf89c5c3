// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses: RFC 5737 and RFC 3849 (documentation), RFC 4291 (text forms).
#include "front/addresses.h"

#include <gtest/gtest.h>

namespace hips {
namespace {

std::string TextOf(const char* text) {
  const auto address = ClientAddress::Parse(text);
  return address ? address->Text() : "none";
}

TEST(ClientAddress, IsWrittenAsLogsHaveIt) {
  EXPECT_EQ(TextOf("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(TextOf("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(TextOf("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  for (const char* bad : {"", "192.0.2", "192.0.2.256", "host", "1.2.3.4:80"})
    EXPECT_EQ(TextOf(bad), "none") << bad;
  EXPECT_EQ(ClientAddress().Text(), "-");
}

TEST(ClientAddress, KnowsLoopback) {
  for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(ClientAddress::Parse(text)->IsLoopback()) << text;
  for (const char* text : {"128.0.0.1", "::2", "192.0.2.1", "2001:db8::1"})
    EXPECT_FALSE(ClientAddress::Parse(text)->IsLoopback()) << text;
}

TEST(ClientAddress, IsCountedByItsNetwork) {
  const auto group = [](const char* text) {
    return ClientAddress::Parse(text)->Group();
  };
  EXPECT_EQ(group("2001:db8:1:2:3:4:5:6"), group("2001:db8:1:2::"));
  EXPECT_FALSE(group("2001:db8:1:2::") == group("2001:db8:1:3::"));
  EXPECT_FALSE(group("192.0.2.1") == group("192.0.2.2"));
}

TEST(AddressBlock, HoldsTheAddressesOfItsPrefix) {
  const auto holds = [](const char* block, int bits, const char* address) {
    return AddressBlock::Make(block, bits)
        ->Contains(*ClientAddress::Parse(address));
  };
  EXPECT_TRUE(holds("10.0.0.0", 8, "10.255.0.1"));
  EXPECT_FALSE(holds("10.0.0.0", 8, "11.0.0.1"));
  EXPECT_TRUE(holds("192.0.2.77", 25, "192.0.2.127"));
  EXPECT_FALSE(holds("192.0.2.77", 25, "192.0.2.128"));
  EXPECT_TRUE(holds("192.0.2.7", 32, "192.0.2.7"));
  EXPECT_TRUE(holds("fd00::", 8, "fdff::1"));
  EXPECT_FALSE(holds("fd00::", 8, "fe00::1"));
  EXPECT_TRUE(holds("0.0.0.0", 0, "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0", 0, "2001:db8::1"));
  EXPECT_TRUE(holds("::", 0, "2001:db8::1"));
  EXPECT_FALSE(AddressBlock::Make("10.0.0.0", 33));
  EXPECT_FALSE(AddressBlock::Make("::", 129));
  EXPECT_FALSE(AddressBlock::Make("10.0.0.0", -1));
  EXPECT_FALSE(AddressBlock::Make("x", 8));
}

// Two at once, one more every half second.
TEST(ClientRecord, HandsOutTokens) {
  ClientRecord record;
  const RequestRate rate{2.0, 2.0};
  EXPECT_TRUE(record.TakeRequest(rate, 1000));
  EXPECT_TRUE(record.TakeRequest(rate, 1000));
  EXPECT_FALSE(record.TakeRequest(rate, 1000));
  EXPECT_FALSE(record.TakeRequest(rate, 1400));
  EXPECT_TRUE(record.TakeRequest(rate, 1600));
  EXPECT_FALSE(record.TakeRequest(rate, 1600));
  EXPECT_TRUE(record.TakeRequest(rate, 60'000));
  EXPECT_TRUE(record.TakeRequest(rate, 60'000));
  EXPECT_FALSE(record.TakeRequest(rate, 60'000));
  EXPECT_TRUE(ClientRecord().TakeRequest(RequestRate{}, 0));
}

// Loops read their clocks one after the other: the second may be behind. Two
// tokens, one more every millisecond: there is one again at 1001, whatever was
// asked at 900.
TEST(ClientRecord, GivesNoTokensToClocksThatAreBehind) {
  ClientRecord record;
  const RequestRate rate{1000.0, 2.0};
  EXPECT_TRUE(record.TakeRequest(rate, 1000));
  EXPECT_TRUE(record.TakeRequest(rate, 900));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(record.TakeRequest(rate, 900)) << i;
  EXPECT_FALSE(record.TakeRequest(rate, 1000));
  EXPECT_TRUE(record.TakeRequest(rate, 1001));
  EXPECT_FALSE(record.TakeRequest(rate, 1001));
}

TEST(ClientTable, HasOneRecordAClient) {
  ClientTable table;
  const auto get = [&](const char* text) {
    return table.Get(*ClientAddress::Parse(text));
  };
  const auto first = get("192.0.2.1");
  EXPECT_EQ(get("192.0.2.1"), first);
  EXPECT_NE(get("192.0.2.2"), first);
  EXPECT_EQ(get("2001:db8::1"), get("2001:db8::2"));
  EXPECT_EQ(table.size(), 3u);
}

// An attacker with many addresses does not fill the memory.
TEST(ClientTable, ForgetsThoseWhoAreGone) {
  ClientTable table;
  const auto kept = table.Get(*ClientAddress::Parse("192.0.2.1"));
  for (int i = 0; i < 300'000; ++i)
    table.Get(*ClientAddress::Parse("10." + std::to_string(i >> 16) + "." +
                                    std::to_string(i >> 8 & 255) + "." +
                                    std::to_string(i & 255)));
  EXPECT_LT(table.size(), 70'000u);
  EXPECT_EQ(table.Get(*ClientAddress::Parse("192.0.2.1")), kept);
}

}  // namespace
}  // namespace hips
