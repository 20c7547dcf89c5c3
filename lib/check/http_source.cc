// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/http_source.h"

#include <httplib.h>

#include <mutex>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr int kTimeoutSeconds = 60;
// Servers that allow some origins only are asked as a browser would ask.
constexpr const char* kOrigin = "http://hips.example.org";

struct Url {
  std::string server;  // scheme://host:port
  std::string path;    // without the last '/'
};

Url ParseUrl(const std::string& text) {
  const std::size_t host = text.find("://") + 3;
  const std::size_t slash = text.find('/', host);
  Url url{text.substr(0, slash),
          slash == std::string::npos ? "" : text.substr(slash)};
  while (url.path.ends_with('/')) url.path.pop_back();
  if (url.server.size() <= host ||
      url.server.find_first_of(" \t\r\n@?#") != std::string::npos ||
      url.path.find_first_of(" \t\r\n?#") != std::string::npos)
    throw Error(ErrorKind::kUsage, text + ": not http[s]://HOST[:PORT]/PATH");
  return url;
}

class HttpSource : public HipsSource {
 public:
  explicit HttpSource(const std::string& where)
      : where_(where), url_(ParseUrl(where)) {}

  const std::string& where() const override { return where_; }
  bool remote() const override { return true; }
  std::optional<std::vector<HipsFile>> List() const override { return {}; }

  Fetched Get(const std::string& path) const override {
    return Ask(path, [&](httplib::Client& client, const std::string& target,
                         const httplib::Headers& headers, Fetched& answer) {
      return client.Get(target, headers, [&](const char* data, size_t size) {
        if (answer.body.size() + size > kLargestFile) return false;
        answer.body.append(data, size);
        return true;
      });
    });
  }

  bool Exists(const std::string& path) const override {
    const Fetched answer =
        Ask(path, [](httplib::Client& client, const std::string& target,
                     const httplib::Headers& headers,
                     Fetched&) { return client.Head(target, headers); });
    // A server without HEAD is asked for the file itself.
    if (answer.status == 405 || answer.status == 501)
      return Get(path).status == 200;
    return answer.status == 200;
  }

 private:
  using ClientPtr = std::unique_ptr<httplib::Client>;

  template <typename Request>
  Fetched Ask(const std::string& path, const Request& request) const {
    std::string target = url_.path;
    if (!path.empty()) target += "/" + path;
    if (target.empty()) target = "/";
    ClientPtr client = Take();
    Fetched answer;
    const httplib::Headers headers = {{"Origin", kOrigin},
                                      {"User-Agent", "hipsgen-lint"}};
    const auto result = request(*client, target, headers, answer);
    if (!result)
      throw Error(ErrorKind::kIo, Format("{}{}: {}", url_.server, target,
                                         Reason(result.error())));
    answer.status = result->status;
    for (const auto& [key, value] : result->headers)
      answer.headers.emplace_back(Lower(key), value);
    Return(std::move(client));
    return answer;
  }

  static std::string Reason(httplib::Error error) {
    switch (error) {
      case httplib::Error::Connection:
        return "no connection; is the server running?";
      case httplib::Error::ConnectionTimeout:
      case httplib::Error::Read:
        return "no answer in time, or the answer broke off";
      case httplib::Error::Canceled:
        return "the answer is larger than any HiPS file";
      case httplib::Error::ExceedRedirectCount:
        return "redirected in circles";
      case httplib::Error::SSLConnection:
      case httplib::Error::SSLServerVerification:
        return "no secure connection; is its certificate valid?";
      default:
        return "the request failed (" + httplib::to_string(error) + ")";
    }
  }

  // A client holds one connection and one request at a time, so each thread
  // takes one of its own; they are kept for the next request.
  ClientPtr Take() const {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_.empty()) {
        ClientPtr client = std::move(idle_.back());
        idle_.pop_back();
        return client;
      }
    }
    auto client = std::make_unique<httplib::Client>(url_.server);
    if (!client->is_valid())
      throw Error(ErrorKind::kUsage, where_ + ": not a usable http:// URL");
    client->set_connection_timeout(kTimeoutSeconds);
    client->set_read_timeout(kTimeoutSeconds);
    client->set_keep_alive(true);
    client->set_follow_location(true);
    return client;
  }

  void Return(ClientPtr client) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(client));
  }

  std::string where_;
  Url url_;
  mutable std::mutex mutex_;
  mutable std::vector<ClientPtr> idle_;
};

}  // namespace

bool IsUrl(const std::string& where) {
  const std::string start = Lower(where.substr(0, 8));
  return start.starts_with("http://") || start == "https://";
}

std::unique_ptr<HipsSource> OpenHttpHips(const std::string& url) {
  return std::make_unique<HttpSource>(url);
}

}  // namespace hips
