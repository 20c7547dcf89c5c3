// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/body_budget.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace hips {
namespace {

std::vector<BodyPart> Bytes(std::size_t count) {
  return {std::string(count, 'x')};
}

TEST(BodyBudget, CountsWhatIsInMemory) {
  BodyBudget budget(1000, 1000);
  const std::vector<BodyPart> parts = {
      std::string(100, 'x'), FilePart{nullptr, 0, 1 << 20},
      std::make_shared<const std::string>(50, 'y'), std::string()};
  {
    const BodyBudget::Hold hold = budget.Count(nullptr, parts);
    EXPECT_TRUE(hold);
    EXPECT_EQ(budget.bytes(), 150u);
  }
  EXPECT_EQ(budget.bytes(), 0u);
  EXPECT_FALSE(budget.Count(
      nullptr, std::vector<BodyPart>{FilePart{nullptr, 0, 1 << 20}}));
}

TEST(BodyBudget, HasRoomUntilItIsSpent) {
  BodyBudget budget(100, 100);
  EXPECT_TRUE(budget.HasRoom(nullptr));
  auto first = budget.Count(nullptr, Bytes(99));
  EXPECT_TRUE(budget.HasRoom(nullptr));
  auto second = budget.Count(nullptr, Bytes(1'000'000));
  EXPECT_FALSE(budget.HasRoom(nullptr));
  second = {};
  EXPECT_TRUE(budget.HasRoom(nullptr));
  first = budget.Count(nullptr, Bytes(100));
  EXPECT_EQ(budget.bytes(), 100u);
  EXPECT_FALSE(budget.HasRoom(nullptr));
}

TEST(BodyBudget, TellsHowMuchIsHeld) {
  BodyBudget budget(100, 1000);
  auto hold = budget.Count(nullptr, Bytes(50));
  EXPECT_FALSE(budget.IsScarce());
  hold = budget.Count(nullptr, Bytes(51));
  EXPECT_TRUE(budget.IsScarce());
  hold = budget.Count(nullptr, Bytes(199));
  EXPECT_FALSE(budget.IsFull());
  hold = budget.Count(nullptr, Bytes(200));
  EXPECT_TRUE(budget.IsFull());
}

TEST(BodyBudget, HasRoomForOneWhateverItsLimits) {
  BodyBudget budget(0, 0);
  const ClientRecord client;
  EXPECT_TRUE(budget.HasRoom(&client));
}

TEST(BodyBudget, GivesOneClientItsShare) {
  BodyBudget budget(1000, 100);
  const auto one = std::make_shared<ClientRecord>();
  const auto other = std::make_shared<ClientRecord>();
  auto hold = budget.Count(one, Bytes(100));
  EXPECT_FALSE(budget.HasRoom(one.get()));
  EXPECT_TRUE(budget.HasRoom(other.get()));
  EXPECT_TRUE(budget.HasRoom(nullptr));
  const BodyBudget::Hold moved = std::move(hold);
  EXPECT_FALSE(budget.HasRoom(one.get()));
  hold = budget.Count(other, Bytes(10));
  hold = {};
  EXPECT_EQ(one->body_bytes, 100u);
  EXPECT_EQ(other->body_bytes, 0u);
}

// The bytes are there once, however many read them; each client has its own.
TEST(BodyBudget, CountsSharedBodiesOnce) {
  BodyBudget budget(1000, 1000);
  const auto client = std::make_shared<ClientRecord>();
  const std::vector<BodyPart> parts = {
      std::make_shared<const std::string>(300, 'x'), std::string(7, 'y')};
  auto first = budget.Count(client, parts);
  auto second = budget.Count(nullptr, parts);
  EXPECT_EQ(budget.bytes(), 314u);
  EXPECT_EQ(client->body_bytes, 307u);
  first = {};
  EXPECT_EQ(budget.bytes(), 307u);
  EXPECT_EQ(client->body_bytes, 0u);
  second = {};
  EXPECT_EQ(budget.bytes(), 0u);
}

}  // namespace
}  // namespace hips
