// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/respond.h"

#include <algorithm>

#include "base/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "serve/conditions.h"
#include "serve/hips_list.h"
#include "serve/http_date.h"
#include "serve/names.h"
#include "serve/pages.h"

namespace hips {
namespace {

constexpr std::string_view kMethods = "GET, HEAD, OPTIONS";
constexpr std::string_view kRequestHeaders =
    "Accept, Cache-Control, Content-Type, If-Match, If-Modified-Since, "
    "If-None-Match, If-Range, Pragma, Range, X-Requested-With";

std::string BaseUrl(const Site& site, const Request& request) {
  if (!site.public_url.empty()) return site.public_url;
  const std::string host = request.Get("Host").value_or("");
  return host.empty() ? site.listen_url : "http://" + host;
}

Answer NotFound() {
  Answer answer = ErrorAnswer(404, "no such file in this collection");
  // Short: a tile that is missing now may be there after the next release.
  answer.Set("Cache-Control", "public, max-age=60");
  return answer;
}

// 304, 412, 416 or 206 where the request asks for it; else the answer itself.
Answer Conditional(Answer answer, const Request& request,
                   const Validators& state) {
  answer.Set("ETag", state.etag);
  if (state.modified) answer.Set("Last-Modified", HttpDate(*state.modified));
  switch (CheckConditions(request, state)) {
    case Condition::kNotModified:
      answer.status = 304;
      answer.body = std::string();
      return answer;
    case Condition::kFailed:
      return ErrorAnswer(412, "the document changed");
    case Condition::kSend:
      break;
  }
  auto* part = std::get_if<FilePart>(&answer.body);
  if (part == nullptr) return answer;
  answer.Set("Accept-Ranges", "bytes");
  const auto range = RequestedRange(request, state, part->length);
  if (std::holds_alternative<NoSuchRange>(range)) {
    Answer refusal = ErrorAnswer(416, "the range begins behind the end");
    refusal.Set("Content-Range", Format("bytes */{}", part->length));
    return refusal;
  }
  if (const auto* wanted = std::get_if<ByteRange>(&range)) {
    answer.status = 206;
    answer.Set("Content-Range",
               Format("bytes {}-{}/{}", wanted->offset,
                      wanted->offset + wanted->length - 1, part->length));
    part->offset = wanted->offset;
    part->length = wanted->length;
  }
  return answer;
}

Answer SendFile(std::shared_ptr<const ServedFile> file, const ServedName& name,
                const Request& request) {
  Answer answer;
  answer.Set("Content-Type", name.content_type);
  answer.Set("Cache-Control", CacheControl(name.cache));
  const Validators state{file->ETag(), file->modified()};
  const std::uint64_t byte_count = file->byte_count();
  answer.body = FilePart{std::move(file), 0, byte_count};
  return Conditional(std::move(answer), request, state);
}

// Text made for this request. It names URLs by the Host line.
Answer SendText(std::string text, std::string_view content_type,
                const Site& site, const Request& request) {
  Answer answer;
  answer.Set("Content-Type", content_type);
  answer.Set("Cache-Control", CacheControl(CacheKind::kPage));
  if (site.public_url.empty()) answer.Set("Vary", "Host");
  const Validators state{Format("\"{}\"", HashOf(text).Text()), std::nullopt};
  answer.body = std::move(text);
  return Conditional(std::move(answer), request, state);
}

Answer SendPage(std::string html, const Site& site, const Request& request) {
  Answer answer =
      SendText(std::move(html), "text/html; charset=utf-8", site, request);
  answer.Set("Content-Security-Policy", PageSecurityPolicy());
  return answer;
}

// "/A/P/x" → "x/": relative, so it holds behind a proxy's own path too, and
// the relative links of index.html find their files.
Answer RedirectIntoFolder(const ServedHips& hips) {
  Answer answer = ErrorAnswer(301, "the HiPS is a folder");
  const std::string& path = hips.path();
  answer.Set("Location", EncodePath(path.substr(path.rfind('/') + 1)) + "/");
  answer.Set("Cache-Control", CacheControl(CacheKind::kDatum));
  return answer;
}

Answer SendFromHips(const Site& site, const Request& request,
                    const ServedHips& hips, std::string_view path) {
  const auto name = ParseServedName(path);
  if (!name) return NotFound();
  if (auto file = hips.Open(name->name))
    return SendFile(std::move(file), *name, request);
  if (name->name == "index.html")
    return SendPage(HipsPage(hips, BaseUrl(site, request)), site, request);
  return NotFound();
}

Answer SendOwn(const Site& site, const Request& request,
               std::string_view path) {
  const std::string base_url = BaseUrl(site, request);
  if (path == "/")
    return SendPage(IndexPage(site.collection, site.title, base_url), site,
                    request);
  if (path == "/hipslist")
    return SendText(HipsListText(site.collection, base_url),
                    "text/plain; charset=utf-8", site, request);
  if (path == "/hipslist.json")
    return SendText(HipsListJson(site.collection, base_url), "application/json",
                    site, request);
  if (path != "/healthz") return NotFound();
  Answer answer;
  answer.Set("Content-Type", "text/plain; charset=utf-8");
  answer.Set("Cache-Control", "no-store");
  answer.body = "ok\n";
  return answer;
}

Answer Preflight() {
  Answer answer;
  answer.status = 204;
  answer.Set("Allow", kMethods);
  answer.Set("Access-Control-Allow-Methods", kMethods);
  answer.Set("Access-Control-Allow-Headers", kRequestHeaders);
  answer.Set("Access-Control-Max-Age", "86400");
  return answer;
}

Answer Route(const Site& site, const Request& request) {
  if (request.method == "OPTIONS") return Preflight();
  if (request.method != "GET" && request.method != "HEAD") {
    Answer answer = ErrorAnswer(405, "this server is read-only");
    answer.Set("Allow", kMethods);
    return answer;
  }
  if (request.HasBody()) return ErrorAnswer(400, "a body is not expected");
  const auto path = PathOf(request.target);
  if (!path) return ErrorAnswer(400, "no URL path");
  const Collection::Match match = site.collection.Find(*path);
  if (match.hips == nullptr) return SendOwn(site, request, *path);
  if (!match.rest) return RedirectIntoFolder(*match.hips);
  return SendFromHips(site, request, *match.hips, *match.rest);
}

void AddCommonHeaders(Answer& answer) {
  answer.Set("Access-Control-Allow-Origin", "*");
  answer.Set("Access-Control-Expose-Headers",
             "Content-Length, Content-Range, ETag, Last-Modified");
  answer.Set("Cross-Origin-Resource-Policy", "cross-origin");
  answer.Set("X-Content-Type-Options", "nosniff");
}

Answer RouteGuarded(const Site& site, const Request& request) {
  try {
    return Route(site, request);
  } catch (const std::exception& error) {
    // The client gets no details: they may hold paths of this machine.
    LogError(Format("{} {}: {}", request.method, request.target, error.what()));
    return ErrorAnswer(500, "the server has a fault; its log says which");
  }
}

}  // namespace

Answer Respond(const Site& site, const Request& request) {
  Answer answer = RouteGuarded(site, request);
  AddCommonHeaders(answer);
  return answer;
}

Answer RespondToBadHead(const BadHead& bad) {
  Answer answer = ErrorAnswer(bad.status, bad.reason);
  AddCommonHeaders(answer);
  return answer;
}

}  // namespace hips
