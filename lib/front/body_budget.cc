// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/body_budget.h"

#include <algorithm>
#include <utility>

namespace hips {

std::string_view MemoryOf(const BodyPart& part) {
  if (const auto* text = std::get_if<std::string>(&part)) return *text;
  if (const auto* shared = std::get_if<SharedText>(&part)) return **shared;
  return {};
}

BodyBudget::BodyBudget(std::uint64_t most_bytes, std::uint64_t most_a_client)
    : most_bytes_(std::max<std::uint64_t>(1, most_bytes)),
      most_a_client_(std::max<std::uint64_t>(1, most_a_client)) {}

bool BodyBudget::HasRoom(const ClientRecord* client) const {
  return bytes_ < most_bytes_ &&
         (client == nullptr || client->body_bytes < most_a_client_);
}

BodyBudget::Hold BodyBudget::Count(const ClientTable::Handle& client,
                                   std::span<const BodyPart> parts) {
  Hold hold;
  for (const BodyPart& part : parts) {
    const std::uint64_t length = MemoryOf(part).size();
    hold.bytes_ += length;
    if (const auto* shared = std::get_if<SharedText>(&part))
      hold.shared_.push_back(*shared);
    else
      hold.own_bytes_ += length;
  }
  if (hold.bytes_ == 0) return {};
  hold.budget_ = this;
  hold.client_ = client;
  if (client) client->body_bytes += hold.bytes_;
  bytes_ += hold.own_bytes_;
  if (hold.shared_.empty()) return hold;
  const std::lock_guard lock(mutex_);
  for (const SharedText& text : hold.shared_)
    if (holders_[text.get()]++ == 0) bytes_ += text->size();
  return hold;
}

BodyBudget::Hold& BodyBudget::Hold::operator=(Hold&& other) noexcept {
  if (this == &other) return *this;
  Release();
  budget_ = std::exchange(other.budget_, nullptr);
  client_ = std::move(other.client_);
  bytes_ = std::exchange(other.bytes_, 0);
  own_bytes_ = std::exchange(other.own_bytes_, 0);
  shared_ = std::move(other.shared_);
  return *this;
}

void BodyBudget::Hold::Release() {
  if (budget_ == nullptr) return;
  BodyBudget& budget = *std::exchange(budget_, nullptr);
  if (client_) client_->body_bytes -= bytes_;
  budget.bytes_ -= own_bytes_;
  if (!shared_.empty()) {
    const std::lock_guard lock(budget.mutex_);
    for (const SharedText& text : shared_) {
      const auto holder = budget.holders_.find(text.get());
      if (--holder->second > 0) continue;
      budget.holders_.erase(holder);
      budget.bytes_ -= text->size();
    }
  }
  shared_.clear();
  client_.reset();
}

}  // namespace hips
