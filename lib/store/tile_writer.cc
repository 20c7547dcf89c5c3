// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_writer.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"

namespace hips {

// Shared by the batch and its jobs, so that either may end first. Locked on
// its own or inside TileWriter::mutex_, never around it.
struct TileWriter::Batch::State {
  // A failure is kept as a value: each thread throws an exception of its own.
  struct Failure {
    ErrorKind kind;
    std::string message;
  };

  bool Failed() {
    const std::lock_guard lock(mutex);
    return failure.has_value();
  }
  void ThrowFailure() {
    const std::lock_guard lock(mutex);
    if (failure) throw Error(failure->kind, failure->message);
  }
  void Fail(ErrorKind kind, const std::string& message) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = Failure{kind, message};
  }
  void Add() {
    const std::lock_guard lock(mutex);
    ++pending;
  }
  // Whether a job of this batch is still wanted.
  bool Begin() {
    const std::lock_guard lock(mutex);
    if (dropped || failure) return false;
    ++being_written;
    return true;
  }
  void End(bool was_begun) {
    const std::lock_guard lock(mutex);
    --pending;
    if (was_begun) --being_written;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t pending = 0;  // jobs queued or being written
  std::size_t being_written = 0;
  bool dropped = false;
  std::optional<Failure> failure;
};

TileWriter::Batch::Batch() : state_(std::make_shared<State>()) {}

TileWriter::Batch::~Batch() {
  std::unique_lock lock(state_->mutex);
  state_->dropped = true;
  state_->changed.wait(lock, [&] { return state_->being_written == 0; });
}

void TileWriter::Batch::Wait() {
  {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->pending == 0; });
  }
  state_->ThrowFailure();
}

TileWriter::TileWriter(int threads, std::size_t most_bytes, WriteWay way)
    : most_bytes_(most_bytes), way_(way) {
  if (threads < 0)
    throw Error(ErrorKind::kUsage, "a tile writer of less than no threads");
  try {
    Start(threads);
  } catch (const std::system_error& error) {
    Stop();
    throw IoError("threads to write tiles", error.code().value());
  } catch (...) {
    Stop();
    throw;
  }
}

TileWriter::~TileWriter() { Stop(); }

void TileWriter::Start(int threads) {
  threads_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i)
    threads_.emplace_back(
        [this, file = DirectWriter(way_)]() mutable { WriteJobs(file); });
}

void TileWriter::Stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Bytes TileWriter::TakeBuffer(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  auto best = used_.end();
  for (auto it = used_.begin(); it != used_.end(); ++it)
    if (it->capacity() >= bytes &&
        (best == used_.end() || it->capacity() < best->capacity()))
      best = it;
  if (best == used_.end()) return {};
  used_bytes_ -= best->capacity();
  Bytes buffer = std::move(*best);
  used_.erase(best);
  return buffer;
}

void TileWriter::Write(std::filesystem::path path, Bytes&& bytes,
                       Batch& batch) {
  Take({std::move(path), {}, std::move(bytes), batch.state_});
}

void TileWriter::Take(Job job) {
  const std::shared_ptr<Batch::State> state = job.batch;
  if (threads_.empty()) {
    state->ThrowFailure();
    state->Add();
    WriteHere(std::move(job));
    return state->ThrowFailure();
  }
  const std::size_t size = job.bytes.capacity();
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
      return bytes_on_way_ == 0 || bytes_on_way_ + size <= most_bytes_ ||
             state->Failed();
    });
    state->ThrowFailure();
    jobs_.push_back(std::move(job));
    state->Add();
    bytes_on_way_ += size;
  }
  work_.notify_one();
}

void TileWriter::Write(TileFolder& folder, TileAddress tile,
                       std::string_view extension, Bytes&& bytes,
                       Batch& batch) {
  batch.state_->ThrowFailure();
  Job job;
  try {
    job.path = folder.MakePlace(tile, extension);
    job.temporary = folder.MakeTemporary(job.path);
  } catch (const Error& error) {
    batch.state_->Fail(error.kind(), error.what());
    throw;
  }
  job.bytes = std::move(bytes);
  job.batch = batch.state_;
  Take(std::move(job));
}

void TileWriter::WriteJobs(DirectWriter& file) {
  while (true) {
    Job job;  // ends, and gives its memory back, outside the lock
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    WriteJob(job, file);
    {
      const std::lock_guard lock(mutex_);
      bytes_on_way_ -= job.bytes.capacity();
      Recycle(std::move(job.bytes));
    }
    room_.notify_all();
  }
}

void TileWriter::WriteHere(Job job) {
  const auto take = [this] {
    const std::lock_guard lock(mutex_);
    if (idle_files_.empty()) return DirectWriter(way_);
    DirectWriter file = std::move(idle_files_.back());
    idle_files_.pop_back();
    return file;
  };
  DirectWriter file = take();
  WriteJob(job, file);
  const std::lock_guard lock(mutex_);
  idle_files_.push_back(std::move(file));
  Recycle(std::move(job.bytes));
}

void TileWriter::WriteJob(const Job& job, DirectWriter& file) {
  const bool wanted = job.batch->Begin();
  if (wanted) {
    try {
      if (job.temporary.empty()) {
        file.Write(job.path, job.bytes);
      } else {
        file.Write(job.temporary, job.bytes);
        RenameFile(job.temporary, job.path);
      }
    } catch (const Error& error) {
      job.batch->Fail(error.kind(), error.what());
    } catch (const std::exception& error) {
      job.batch->Fail(ErrorKind::kIo, job.path.string() + ": " + error.what());
    }
  }
  job.batch->End(wanted);
}

// Requires: mutex_ is held.
void TileWriter::Recycle(Bytes&& bytes) {
  const std::size_t size = bytes.capacity();
  if (size == 0 || used_bytes_ + size > most_bytes_ / 4) return;
  used_.push_back(std::move(bytes));
  used_bytes_ += size;
}

}  // namespace hips
