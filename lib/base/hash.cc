// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"

#include <xxhash.h>

#include <new>

#include "base/format.h"

namespace hips {

struct Hasher::State {
  XXH3_state_t* xxh;
};

std::string Hash128::Text() const {
  return Format("{:016x}{:016x}", high, low);
}

Hash128 HashOf(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

Hash128 HashOf(std::string_view text) {
  return HashOf(std::as_bytes(std::span(text)));
}

Hasher::Hasher() : state_(std::make_unique<State>()) {
  state_->xxh = XXH3_createState();
  if (state_->xxh == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(state_->xxh);
}

Hasher::~Hasher() { XXH3_freeState(state_->xxh); }

void Hasher::AddBytes(const void* data, std::size_t size) {
  XXH3_128bits_update(state_->xxh, data, size);
}

void Hasher::Add(std::string_view text) {
  Add(static_cast<std::int64_t>(text.size()));
  AddBytes(text.data(), text.size());
}

void Hasher::Add(std::int64_t value) { AddBytes(&value, sizeof value); }

void Hasher::Add(double value) { AddBytes(&value, sizeof value); }

Hash128 Hasher::Result() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh);
  return {hash.high64, hash.low64};
}

}  // namespace hips
