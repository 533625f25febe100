#include "core/runtime/http/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/runtime/http/http_client.h"
#include "core/runtime/worker_pool.h"

namespace ruff::runtime {
namespace {

constexpr vm::Instant kKeepNames = 60'000'000'000;

bool is_literal_address(const std::string& host) {
    unsigned char address[sizeof(in6_addr)];
    const std::string inside = host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
    return ::inet_pton(AF_INET, inside.c_str(), address) == 1 || ::inet_pton(AF_INET6, inside.c_str(), address) == 1;
}

std::string numeric_text(const addrinfo& entry) {
    char text[INET6_ADDRSTRLEN] = {};
    if (entry.ai_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(entry.ai_addr)->sin_addr, text, sizeof(text));
        return text;
    }
    if (entry.ai_family != AF_INET6) return {};
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(entry.ai_addr)->sin6_addr, text, sizeof(text));
    return "[" + std::string(text) + "]";
}

Addresses ask_system(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    addrinfo* entries = nullptr;
    Addresses result;
    const int failure = ::getaddrinfo(host.c_str(), nullptr, &wanted, &entries);
    if (failure != 0) {
        result.failure = failure == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(failure);
        return result;
    }
    for (const addrinfo* entry = entries; entry != nullptr; entry = entry->ai_next) {
        std::string text = numeric_text(*entry);
        if (!text.empty() && std::find(result.numeric.begin(), result.numeric.end(), text) == result.numeric.end()) {
            result.numeric.push_back(std::move(text));
        }
    }
    ::freeaddrinfo(entries);
    if (result.numeric.empty()) result.failure = ::gai_strerror(EAI_NODATA);
    return result;
}

}  // namespace

/// The resolver belongs to the loop's HTTP client: when the loop is there, so is it.
class LookupDone final : public Completion {
public:
    LookupDone(std::string host, Addresses addresses) : host_(std::move(host)), addresses_(std::move(addresses)) {}
    void deliver(vm::Vm& vm) override { HttpClient::of(vm).resolver().deliver(host_, std::move(addresses_)); }

private:
    std::string host_;
    Addresses addresses_;
};

namespace {

class Lookup final : public Job {
public:
    Lookup(std::string host, Mailbox mailbox) : host_(std::move(host)), mailbox_(std::move(mailbox)) {}
    void run() override {
        Addresses addresses = ask_system(host_);
        mailbox_.post(std::make_unique<LookupDone>(std::move(host_), std::move(addresses)));
    }

private:
    std::string host_;
    Mailbox mailbox_;
};

}  // namespace

const Addresses* Resolver::find_known(const std::string& host) {
    static const Addresses literal;
    if (is_literal_address(host)) return &literal;
    const auto found = known_.find(host);
    if (found == known_.end() || found->second.expires < vm::monotonic_now()) return nullptr;
    return &found->second.addresses;
}

Resolver::Id Resolver::look_up(const std::string& host, Found found) {
    std::vector<Waiting>& waiting = under_way_[host];
    const bool is_new = waiting.empty();
    waiting.push_back({next_id_, std::move(found)});
    // A name whose askers have all gone away keeps no entry: asking again starts another lookup, and either answer will do.
    if (is_new) submit(std::make_unique<Lookup>(host, loop_.mailbox()), Lane::Lookup);
    return next_id_++;
}

void Resolver::forget(const std::string& host, Id id) {
    const auto found = under_way_.find(host);
    if (found == under_way_.end()) return;
    std::erase_if(found->second, [id](const Waiting& waiting) { return waiting.id == id; });
    if (found->second.empty()) under_way_.erase(found);
}

void Resolver::deliver(const std::string& host, Addresses addresses) {
    if (addresses.failure.empty()) known_[host] = {addresses, vm::monotonic_now() + kKeepNames};
    const auto found = under_way_.find(host);
    if (found == under_way_.end()) return;
    const std::vector<Waiting> waiting = std::move(found->second);
    under_way_.erase(found);
    for (const Waiting& one : waiting) one.found(addresses);
}

}  // namespace ruff::runtime
